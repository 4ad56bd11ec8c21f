"""The rule of completion as a coordinator says it, and what the documents of a training need."""

from decimal import Decimal
from typing import Any

from django import forms

from common.errors import DomainError
from common.forms import RefusableForm
from common.versions import StaleError
from events.forms.stale import note_beside
from events.forms.standing import in_words
from members.models import User
from trainings.domain.rule_words import standing_rule_in_words
from trainings.domain.training_settings import MOST_MINUTES, MOST_SLOTS, save_training_settings
from trainings.models import TrainingPage, TrainingSettings

ALL_SLOTS, SOME_SLOTS, ALL_TIME, SOME_TIME = "slots", "some_slots", "time", "some_time"
RULES = [
    (ALL_SLOTS, "Tous les créneaux prévus. Un retard ou un départ avancé n’y change rien."),
    (SOME_SLOTS, "Au moins un certain nombre de créneaux."),
    (ALL_TIME, "Toute la durée prévue, à la minute près."),
    (SOME_TIME, "Au moins une certaine durée."),
]
Measure = TrainingSettings.Measure


class TrainingSettingsForm(RefusableForm):
    """``version`` is what the person was shown, 0 when nothing was stored."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    rule = forms.ChoiceField(
        label="Ce qu’il faut avoir suivi",
        choices=RULES,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qu’il faut avoir suivi.",
            "invalid_choice": "Choisissez ce qu’il faut avoir suivi.",
        },
    )
    slots = forms.IntegerField(
        label="Nombre de créneaux",
        required=False,
        error_messages={"invalid": f"Le nombre de créneaux va de 1 à {MOST_SLOTS}."},
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_SLOTS}),
        help_text="Une session plus courte demande tous les siens.",
    )
    hours = forms.DecimalField(
        label="Durée, en heures",
        required=False,
        max_digits=6,
        decimal_places=2,
        error_messages={
            "invalid": "Écrivez une durée en heures, par exemple 7 ou 7,5.",
            "max_digits": f"La durée va d’une minute à {MOST_MINUTES // 60} heures.",
            "max_whole_digits": f"La durée va d’une minute à {MOST_MINUTES // 60} heures.",
            "max_decimal_places": "Deux chiffres après la virgule suffisent.",
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        localize=True,
        help_text="Par exemple 7 ou 7,5. Une session plus courte demande toute la sienne.",
    )
    evaluation_required = forms.BooleanField(
        label="Les acquis doivent aussi être évalués",
        required=False,
        help_text="Par qui forme, objectif par objectif. Le niveau atteint est dit sur l’attestation, "
        "il n’exclut personne.",
    )
    names_referent = forms.BooleanField(
        label="L’achever donne le rôle de référent·e santé des soignants dans sa CPTS",
        required=False,
        help_text="À qui est membre d’une seule CPTS. "
        "Une correction qui défait l’achèvement reprend ce rôle.",
    )
    nature = forms.ChoiceField(
        label="Nature de l’action",
        choices=TrainingSettings.Nature.choices,
        error_messages={"required": "Choisissez une nature.", "invalid_choice": "Choisissez une nature."},
        help_text="Comme la dit le Code du travail, article L. 6313-1 ; cochée "
        "sur le certificat de réalisation.",
    )
    dpc_number = forms.CharField(
        label="Numéro d’action de DPC",
        required=False,
        max_length=40,
        error_messages={"max_length": "Ce numéro a 40 signes au plus."},
        help_text="Vide : aucun document ne parle de DPC.",
    )

    def __init__(self, *args: Any, settings: TrainingSettings, by: User, **kwargs: Any) -> None:
        self.settings = settings
        self.stored: TrainingSettings | None = None
        super().__init__(*args, initial=_initial(settings), label_suffix="", **kwargs)
        if not by.is_superuser:
            role = self.fields["names_referent"]
            role.disabled = True
            role.help_text += " L’administration de la plateforme en décide."

    @property
    def training(self) -> TrainingPage:
        return self.settings.activity

    @property
    def shown_version(self) -> int:
        """What the page sends back; after a refusal, the version that stands now."""
        if self.stored is not None:
            return self.stored.version
        return self.settings.version if self.settings.pk else 0

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        rule = cleaned.get("rule")
        if rule == SOME_SLOTS and not cleaned.get("slots") and "slots" not in self.errors:
            self.add_error("slots", "Dites combien de créneaux.")
        if rule == SOME_TIME and not cleaned.get("hours") and "hours" not in self.errors:
            self.add_error("hours", "Dites quelle durée.")
        return cleaned

    def asked(self) -> TrainingSettings:
        """What was typed, unsaved."""
        said = self.cleaned_data
        required = None
        if said["rule"] == SOME_SLOTS:
            required = said["slots"]
        if said["rule"] == SOME_TIME:
            required = round(said["hours"] * 60)
        return TrainingSettings(
            activity=self.training,
            measure=Measure.MINUTES if said["rule"] in (ALL_TIME, SOME_TIME) else Measure.SLOTS,
            required=required,
            evaluation_required=said["evaluation_required"],
            names_referent=said["names_referent"],
            nature=said["nature"],
            dpc_number=" ".join(said["dpc_number"].split()),
        )

    def save(self, *, by: User) -> TrainingSettings:
        return save_training_settings(
            settings=self.asked(), seen=self.cleaned_data.get("version") or 0, by=by
        )

    def refuse(self, error: DomainError) -> None:
        super().refuse(error)
        if not isinstance(error, StaleError):
            return
        stored = self.stored = error.stored  # type: ignore[assignment]
        typed = self.asked()
        if (stored.measure, stored.required) != (typed.measure, typed.required):
            note_beside(self, "rule", standing_rule_in_words(stored))  # type: ignore[arg-type]
        for name in ("evaluation_required", "names_referent", "nature", "dpc_number"):
            if getattr(stored, name) != getattr(typed, name):
                note_beside(self, name, in_words(stored, name))  # type: ignore[arg-type]


def _initial(settings: TrainingSettings) -> dict[str, Any]:
    slots = settings.measure == Measure.SLOTS
    if settings.required is None:
        rule = ALL_SLOTS if slots else ALL_TIME
    else:
        rule = SOME_SLOTS if slots else SOME_TIME
    hours = Decimal(settings.required or 0) / 60
    return {
        "rule": rule,
        "slots": settings.required if rule == SOME_SLOTS else None,
        "hours": round(hours, 2).normalize() if rule == SOME_TIME else None,
        "evaluation_required": settings.evaluation_required,
        "names_referent": settings.names_referent,
        "nature": settings.nature,
        "dpc_number": settings.dpc_number,
    }
