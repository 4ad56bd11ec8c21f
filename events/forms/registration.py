"""The registration form: four questions, three optional ones, and the sentences of the domain."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.people import Person
from events.forms.questions import QuestionFields
from members.domain.statements import NAME_LENGTH, checked_name, checked_rpps, rpps_looks_mistyped
from members.emails import EMAIL_LENGTH, checked_email
from members.models import Organisation, User
from members.professions import Civility, Profession


class RawField(forms.CharField):
    """Text as it was typed: the domain's sentences are the only ones, and keep what they refuse."""

    def __init__(self, *, maxlength: int, autocomplete: str, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.widget.attrs |= {"maxlength": maxlength, "autocomplete": autocomplete}

    def validate(self, value: str) -> None:
        """Left to the domain."""

    def run_validators(self, value: str) -> None:
        """Left to the domain."""


class RegistrationForm(RefusableForm):
    first_name = RawField(label="Prénom", maxlength=NAME_LENGTH, autocomplete="given-name")
    last_name = RawField(label="Nom", maxlength=NAME_LENGTH, autocomplete="family-name")
    email = RawField(
        label="Adresse e-mail",
        maxlength=EMAIL_LENGTH,
        autocomplete="email",
        widget=forms.EmailInput,
        help_text="Pour les messages de cette session, rien d’autre.",
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=[("", "Choisissez…"), *Profession.choices],
        error_messages={
            "required": "Choisissez votre profession, ou « Autre profession ».",
            "invalid_choice": "Choisissez une profession de la liste.",
        },
    )
    is_member = forms.BooleanField(required=False)
    civility = forms.ChoiceField(
        label="Civilité",
        choices=[("", "Je ne précise pas"), *Civility.choices],
        required=False,
        help_text="Sert seulement à compter la part de femmes dans le bilan.",
        error_messages={"invalid_choice": "Choisissez une civilité de la liste."},
    )
    rpps = RawField(
        label="Numéro RPPS",
        maxlength=20,
        autocomplete="off",
        required=False,
        help_text="11 chiffres.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    # Robots fill every field; people never see this one.
    website = forms.CharField(label="Ne remplissez pas ce champ", required=False)

    required_fields = ("first_name", "last_name", "email", "profession")
    optional_fields = ("civility", "rpps")

    def __init__(
        self, *args: Any, organisation: Organisation, user: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user
        self.fields["is_member"].label = f"Je suis adhérent·e de {organisation.short_name}"
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        if user is not None:
            self._prefill(user)

    def _prefill(self, user: User) -> None:
        for name in ("first_name", "last_name", "email", "profession", "civility", "rpps"):
            self.fields[name].initial = getattr(user, name)
        self.fields["email"].disabled = True
        self.fields["email"].help_text = "C’est l’adresse de votre compte."

    @property
    def opens_optional(self) -> bool:
        """Whether the folded part hides an error."""
        return any(self[name].errors for name in self.optional_fields if self.is_bound)

    @property
    def person(self) -> Person:
        names = (*self.required_fields, "civility", "rpps", "is_member")
        return Person(**{name: self.cleaned_data[name] for name in names})

    @property
    def rpps_warning(self) -> bool:
        return rpps_looks_mistyped(self.cleaned_data["rpps"])

    def clean_first_name(self) -> str:
        return _sentence(checked_name, self.cleaned_data["first_name"], field="first_name", what="prénom")

    def clean_last_name(self) -> str:
        return _sentence(checked_name, self.cleaned_data["last_name"], field="last_name", what="nom")

    def clean_email(self) -> str:
        if not self.cleaned_data["email"].strip():
            raise ValidationError("Indiquez votre adresse e-mail.")
        return _sentence(checked_email, self.cleaned_data["email"])

    def clean_rpps(self) -> str:
        return _sentence(checked_rpps, self.cleaned_data["rpps"])

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("website") or "website" in self.errors:
            self._errors.pop("website", None)  # type: ignore[union-attr]
            self.data = self.data.copy()
            self.data["website"] = ""
            raise ValidationError(
                "Un champ caché a été rempli, sans doute par votre navigateur. "
                "Nous l’avons vidé : envoyez de nouveau."
            )
        return self.cleaned_data


class PublicForm(QuestionFields, RegistrationForm):
    """What somebody fills in on the page of a session: themselves, then the session's own questions."""


def _sentence(check: Callable[..., str], raw: str, **kwargs: str) -> str:
    try:
        return check(raw, **kwargs)
    except DomainError as error:
        raise ValidationError(str(error)) from None
