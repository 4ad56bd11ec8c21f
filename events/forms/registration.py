"""The registration form: four questions, three optional ones, and the sentences of the domain."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.people import Person
from events.forms.admitted import professions_offered, way_for_others
from events.forms.questions import QuestionFields
from events.models import Session
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


# Lists would be copied, entry by entry, with each form that somebody sends.
def _professions() -> list[tuple[str, str]]:
    return [("", "Choisissez…"), *Profession.choices]


def _civilities() -> list[tuple[str, str]]:
    return [("", "Je ne précise pas"), *Civility.choices]


class RegistrationForm(RefusableForm):
    first_name = RawField(label="Prénom", maxlength=NAME_LENGTH, autocomplete="given-name")
    last_name = RawField(label="Nom", maxlength=NAME_LENGTH, autocomplete="family-name")
    email = RawField(
        label="Adresse e-mail",
        maxlength=EMAIL_LENGTH,
        autocomplete="email",
        widget=forms.EmailInput(
            attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text="Pour votre inscription, rien d’autre.",
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=_professions,
        error_messages={
            "required": "Choisissez votre profession, ou « Autre profession ».",
            "invalid_choice": "Choisissez une profession de la liste.",
        },
        widget=forms.Select(attrs={"autocomplete": "organization-title"}),
    )
    is_member = forms.BooleanField(required=False)
    civility = forms.ChoiceField(
        label="Civilité",
        choices=_civilities,
        required=False,
        help_text="Sert seulement à compter la part de femmes dans le bilan.",
        error_messages={"invalid_choice": "Choisissez une civilité de la liste."},
        widget=forms.Select(attrs={"autocomplete": "honorific-prefix"}),
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
    # Of a session reserved to some professions; empty: to none.
    admitted: Collection[str] = ()
    optional_fields = ("civility", "rpps")

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        user: User | None = None,
        known: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """``user`` is signed in; ``known`` is what they stated before, or what this browser typed."""
        super().__init__(*args, label_suffix="", **kwargs)
        self.user, self.organisation = user, organisation
        self.known = dict(known or {})
        self.fields["is_member"].label = f"Je suis adhérent·e de cette structure ({organisation.short_name})"
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        if user is not None:
            self.known |= {name: getattr(user, name) for name in (*self.required_fields, "civility", "rpps")}
            self.fields["email"].disabled = True
            self.fields["email"].help_text = "C’est l’adresse de votre compte."
        for name, value in self.known.items():
            self.fields[name].initial = value

    @property
    def opens_optional(self) -> bool:
        """Whether the folded part hides an error."""
        return self._has_errors(self.optional_fields)

    @property
    def shared_as(self) -> str:
        """Its name among the parts that pages share, as each stranger finds it; empty for one's own."""
        own = self.is_bound or self.user or self.known
        return "" if own else "-".join((type(self).__name__, str(self.organisation.pk), *self.admitted))

    def admit(self, professions: Collection[str]) -> None:
        """Offer those of a reserved session first."""
        self.admitted = professions
        field: Any = self.fields["profession"]
        field.choices = professions_offered(professions)
        field.help_text = way_for_others(self.organisation)

    @property
    def asked(self) -> list[BoundField]:
        """Of the required facts, those that the account does not hold, and a profession not admitted."""
        return [self[name] for name in self.required_fields if not (self.user and self._holds(name))]

    def _holds(self, name: str) -> bool:
        known = self.known.get(name)
        return bool(known) and (name != "profession" or not self.admitted or known in self.admitted)

    @property
    def held(self) -> list[BoundField]:
        """The facts that a signed-in person may correct, out of the way."""
        asked = {field.name for field in self.asked}
        return [self[name] for name in (*self.required_fields, *self.optional_fields) if name not in asked]

    @property
    def opens_held(self) -> bool:
        return self._has_errors(field.name for field in self.held)

    @property
    def who(self) -> str:
        """« Camille Martin », from the account; empty when it does not say."""
        return self.user.get_full_name() if self.user else ""

    @property
    def profession_in_words(self) -> str:
        return self.user.get_profession_display() if self.user else ""

    def _has_errors(self, names: Iterable[str]) -> bool:
        return self.is_bound and any(name in self.errors for name in names)

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

    def __init__(self, *args: Any, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, session=session, **kwargs)
        if session is not None and session.professions:
            self.admit(session.professions)


def _sentence(check: Callable[..., str], raw: str, **kwargs: str) -> str:
    try:
        return check(raw, **kwargs)
    except DomainError as error:
        raise ValidationError(str(error)) from None
