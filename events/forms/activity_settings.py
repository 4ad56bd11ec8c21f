"""What an activity's next sessions begin with."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from common.errors import DomainError
from events.access import Actor
from events.domain.activity_settings import QUESTIONNAIRES, SETTINGS, WEEKS, save_settings
from events.forms.rules import ChosenField, RulesForm, number
from events.forms.stale import note_beside
from events.forms.standing import in_words
from events.models import ActivitySettings, Questionnaire
from members.models import User

DAYS = "Le nombre de jours va de 0 à 365."
OTHERS = "Choisissez un questionnaire de votre structure."
LIMIT = "La limite va de 1 à 100 sessions par saison."


class ActivitySettingsForm(RulesForm):
    questionnaire_before = ChosenField(
        Questionnaire.objects.none(),
        label="Avant",
        required=False,
        error_messages={"invalid_choice": OTHERS},
        empty_label="aucun",
        help_text="Une semaine avant, aux personnes confirmées, jusqu’au début.",
    )
    questionnaire_after = ChosenField(
        Questionnaire.objects.none(),
        label="À chaud",
        required=False,
        error_messages={"invalid_choice": OTHERS},
        empty_label="celui d’Escale",
        help_text="Quand toutes les feuilles sont closes, aux personnes venues.",
    )
    questionnaire_delayed = ChosenField(
        Questionnaire.objects.none(),
        label="À froid",
        required=False,
        error_messages={"invalid_choice": OTHERS},
        empty_label="aucun",
        help_text="Des semaines plus tard, aux personnes venues.",
    )
    delayed_weeks = number(
        "Semaines avant le questionnaire à froid", 1, 52, WEEKS, "Après la fin de la session.", 8
    )
    members_first_days = forms.IntegerField(
        label="Adhérents d’abord, jusqu’à tant de jours avant le début",
        required=False,
        error_messages={"invalid": DAYS},
        validators=[MinValueValidator(0, DAYS), MaxValueValidator(365, DAYS)],
        widget=forms.NumberInput(attrs={"min": 0, "max": 365}),
        help_text="D’ici là, les autres personnes attendent. Vide : sans priorité.",
    )
    season_limit = forms.IntegerField(
        label="Sessions par personne et par saison",
        required=False,
        error_messages={"invalid": LIMIT},
        validators=[MinValueValidator(1, LIMIT), MaxValueValidator(100, LIMIT)],
        widget=forms.NumberInput(attrs={"min": 1, "max": 100}),
        help_text="Une saison va du 1er septembre au 31 août. Vide : sans limite. Vaut aussitôt.",
    )
    apply_to_coming = forms.BooleanField(required=False)

    class Meta:
        model = ActivitySettings
        fields = SETTINGS

    def __init__(self, *args: Any, user: Actor, coming: int, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        own = self.fields["question_set"]
        own.queryset = own.queryset.filter(organisation=self.instance.activity.organisation_id)
        for name in QUESTIONNAIRES:
            self.fields[name].queryset = self.instance.activity.organisation.questionnaires.all()
        field = self.fields["apply_to_coming"]
        field.label = (
            "Appliquer aussi à la session à venir"
            if coming == 1
            else f"Appliquer aussi aux {coming} sessions à venir"
        )
        field.help_text = (
            "Leurs règles et leurs questions sont remplacées par celles-ci. Personne ne perd sa place ; "
            "une place que ces règles libèrent va aussitôt à qui attend."
        )
        if not coming:
            del self.fields["apply_to_coming"]

    def clean_delayed_weeks(self) -> int:
        return self.cleaned_data["delayed_weeks"] or self.instance.delayed_weeks

    def save(self, *, by: User) -> ActivitySettings:  # type: ignore[override]
        return save_settings(
            settings=self.instance,
            seen=self.cleaned_data.get("version") or 0,
            apply_to_coming=self.cleaned_data.get("apply_to_coming", False),
            by=by,
        )

    def refuse(self, error: DomainError) -> None:
        super().refuse(error)
        if self.stored is not None:
            for name in SETTINGS:
                if getattr(self.stored, name) != getattr(self.instance, name):
                    note_beside(self, name, in_words(self.stored, name))
