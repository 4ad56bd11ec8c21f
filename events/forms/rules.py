"""The access rules as fields: the same for a session and for the settings of an activity."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from common.errors import DomainError
from common.numbers import row_number
from events.access import Actor
from events.domain.session_checks import CUTOFF, EXTRA_SEATS, OFFER
from events.models import QuestionSet
from events.models.rules import AccessRules
from members.access import coordinated_organisations
from members.professions import Profession

PROMOTION = [
    (AccessRules.Promotion.AUTOMATIC, "Elle revient aussitôt à la première personne qui attend."),
    (
        AccessRules.Promotion.OFFER,
        "Elle est proposée à la première personne qui attend, puis, sans réponse à temps, à la suivante.",
    ),
]
# Rules that a form may leave out: the value that stands, stays.
NUMBERS = ("overbooking_percent", "promotion_cutoff_hours", "offer_hours")


def number(
    label: str, low: int, high: int, sentence: str, help_text: str, initial: int
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        initial=initial,
        error_messages={"invalid": sentence},
        validators=[MinValueValidator(low, sentence), MaxValueValidator(high, sentence)],
        widget=forms.NumberInput(attrs={"min": low, "max": high}),
        help_text=help_text,
    )


class ChosenField(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        """A number that no database holds is a wrong choice, not an error of ours."""
        if value and row_number(getattr(value, "pk", value)) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class RulesForm(forms.ModelForm):
    """``version`` is what the person was shown; the domain compares it under the lock."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    approval = forms.BooleanField(
        label="Chaque demande est acceptée ou refusée par la coordination",
        required=False,
        help_text="La personne apprend que sa demande est à l’étude, puis la réponse.",
    )
    professions = forms.MultipleChoiceField(
        label="Réservée à ces professions",
        choices=Profession.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez des professions de la liste."},
        help_text="Aucune case cochée\N{NO-BREAK SPACE}: ouverte à toutes les professions.",
    )
    overbooking_percent = number(
        "Surréservation, en %",
        0,
        100,
        EXTRA_SEATS,
        "Inscriptions acceptées au-delà des places, pour compenser les absences. "
        "10\N{NO-BREAK SPACE}% de 12 places en font une.",
        0,
    )
    waiting_list = forms.BooleanField(label="Ouvrir une liste d’attente", required=False, initial=True)
    promotion = forms.ChoiceField(
        label="Quand une place se libère",
        choices=PROMOTION,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez comment une place libérée est attribuée."},
    )
    promotion_cutoff_hours = number(
        "Plus d’attribution automatique, en heures avant le début",
        0,
        720,
        CUTOFF,
        "Ensuite, la coordination choisit elle-même qui vient. Zéro veut dire jusqu’au début de la session.",
        0,
    )
    offer_hours = number(
        "Délai pour répondre à une proposition, en heures",
        1,
        240,
        OFFER,
        "Comptées de 8 h à 20 h, hors dimanches et jours fériés.",
        24,
    )
    question_set = ChosenField(
        label="Jeu de questions",
        queryset=QuestionSet.objects.none(),
        required=False,
        empty_label="Aucune question de plus",
        error_messages={"invalid_choice": "Choisissez un jeu de questions de votre structure."},
        help_text="Posées à l’inscription, après le nom et la profession.",
    )

    stored: Any = None

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["question_set"].queryset = QuestionSet.objects.filter(
            organisation__in=coordinated_organisations(user)
        ).order_by("name", "pk")

    def clean_professions(self) -> list[str]:
        """In one order, so that the same choice is the same list."""
        chosen = set(self.cleaned_data["professions"])
        return [code for code in Profession.values if code in chosen]

    def clean_promotion(self) -> str:
        return self.cleaned_data["promotion"] or self.instance.promotion

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in NUMBERS:
            if name in data and data[name] is None:
                data[name] = (
                    0 if name in self.data and name != "offer_hours" else getattr(self.instance, name)
                )
        return data

    @property
    def shown_version(self) -> int | str:
        """What the form, sent again, will say that it was shown."""
        if self.stored is not None:
            return self.stored.version
        return self["version"].value() or (self.instance.version if self.instance.pk else 0)

    def refuse(self, error: DomainError) -> None:
        """Show the domain's sentence where the eye looks for it, and what stands now beside it."""
        self.stored = getattr(error, "stored", None)
        self.add_error(error.field if error.field in self.fields else None, str(error))
