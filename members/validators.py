"""Django's door to the rule of passwords."""

from django.core.exceptions import ValidationError

from members.domain.passwords import SENTENCE, is_strong


class StrongPasswordValidator:
    def validate(self, password: str, user: object = None) -> None:
        if not is_strong(password):
            raise ValidationError(SENTENCE, code="password_too_weak")

    def get_help_text(self) -> str:
        return SENTENCE
