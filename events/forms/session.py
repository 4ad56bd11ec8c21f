"""The coordinator's form of a session: facts, slots, who leads, rules. It parses; the domain decides."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator

from common.errors import DomainError
from common.numbers import row_number
from events.access import coordinated_activities
from events.domain.activity_settings import RULES, members_first_until, settings_of
from events.domain.batches import create_session
from events.domain.session_checks import MAX_SEATS, SEATS
from events.domain.session_slots import SlotTimes
from events.domain.sessions import EDITABLE, edit_session
from events.forms.importing import ActivityChoiceField
from events.forms.inputs import A_MOMENT, A_YEAR, EARLIEST, LATEST, MomentInput
from events.forms.programme_rows import (
    AgendaRows,
    DocumentRows,
    agenda_rows,
    document_rows,
    own_documents,
    ranks_of,
)
from events.forms.rows import TOO_MANY, RoleRows, SlotRows, role_rows, slot_rows
from events.forms.rules import RulesForm
from events.forms.stale import show_what_stands
from events.models import ActivityPage, ActivitySettings, Session
from members.models import User

RULES_TAKEN = "Ce dispositif a ses règles, reprises plus bas : relisez-les, puis enregistrez à nouveau."


def moment_field(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=MomentInput,
        error_messages={"invalid": A_MOMENT},
        help_text=help_text,
    )


class SessionForm(RulesForm):
    """``slots``, ``roles``, ``agenda`` and ``documents`` are formsets of the same submission.

    A new session begins with the rules of its activity: ``rules_of`` says whose rules were shown.
    """

    online_url = forms.URLField(
        label="Lien de connexion",
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Indiquez une adresse complète, par exemple https://exemple.fr/salle."},
        help_text="Envoyé aux seules personnes inscrites.",
    )
    opens_at = moment_field("Ouverture des inscriptions", "Vide : dès la publication.")
    closes_at = moment_field("Clôture des inscriptions", "Vide : au début de la session.")
    members_first_until = moment_field(
        "Adhérents d’abord, jusqu’au", "D’ici là, les autres personnes attendent. Vide : sans priorité."
    )
    members_first_planned = forms.BooleanField(label="", required=False)
    rules_of = forms.CharField(required=False, widget=forms.HiddenInput)
    capacity = forms.IntegerField(
        label="Places",
        initial=12,
        error_messages={"invalid": SEATS, "required": "Indiquez le nombre de places."},
        validators=[MinValueValidator(1, SEATS), MaxValueValidator(MAX_SEATS, SEATS)],
        widget=forms.NumberInput(attrs={"min": 1, "max": MAX_SEATS}),
    )

    class Meta:
        model = Session
        fields = EDITABLE
        field_classes = {"activity": ActivityChoiceField}
        help_texts = {"department": "Vide : celui de la structure."}
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        error_messages = {
            "activity": {
                "required": "Choisissez un dispositif.",
                "invalid_choice": "Choisissez un dispositif de la liste.",
            },
            "title": {
                "required": "Indiquez un titre.",
                "max_length": "Le titre compte au plus 160 caractères.",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = self._activities(self.user)
        self.fields["activity"].label_from_instance = self._label  # type: ignore[method-assign]
        self.fields["description"].validators.append(
            MaxLengthValidator(5000, "Le programme dépasse 5 000 signes.")
        )
        if self.instance.pk:
            self._own_questions(self.instance.activity)
        self._begin()
        data = self.data if self.is_bound else None
        self.slots = SlotRows(data, prefix="slots", initial=slot_rows(self.instance), error_messages=TOO_MANY)
        self.roles = RoleRows(data, prefix="roles", initial=role_rows(self.instance), error_messages=TOO_MANY)
        self.agenda = AgendaRows(
            data, prefix="agenda", initial=agenda_rows(self.instance), error_messages=TOO_MANY
        )
        stored = document_rows(self.instance)
        self.documents = DocumentRows(
            data,
            prefix="documents",
            initial=stored,
            error_messages=TOO_MANY,
            form_kwargs={"own": own_documents(self.user, [one["document"] for one in stored])},
        )

    @property
    def media(self) -> forms.Media:
        return super().media + self.documents.empty_form.media

    def is_valid(self) -> bool:
        # All speak at once: nobody mends one error to discover the next.
        rows = (self.slots, self.roles, self.agenda, self.documents)
        valid = all([super().is_valid(), *(each.is_valid() for each in rows)])
        return self._find_people() and valid

    def _find_people(self) -> bool:
        """Whom the programme names is among those who lead, as they stand in the same submission."""
        if not (self.roles.is_valid() and self.agenda.is_valid()):
            return False
        kept = self.roles.kept()
        known = ranks_of(kept, [row for row in self.roles if row not in kept])
        found = [row.find_people(known) for row in self.agenda.kept()]
        return all(found)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for field in ("opens_at", "closes_at", "members_first_until"):
            if data.get(field) and not EARLIEST <= data[field].date() <= LATEST:
                self.add_error(field, A_YEAR)
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "Les inscriptions ferment avant d’ouvrir.")
        if self.instance.pk is None and data.get("activity"):
            self._follow(data["activity"], data)
        return data

    def save(self, *, by: User, publish: bool = False) -> Session:  # type: ignore[override]
        """Hand everything to the domain. Raises ``DomainError``."""
        times = self.times()
        if self.cleaned_data.get("members_first_planned") and not self.instance.members_first_until:
            first = min(slot.starts_at for slot in times)
            self.instance.members_first_until = members_first_until(
                settings_of(self.instance.activity), first
            )
        rows = {
            "roles": [form.line() for form in self.roles.kept()],
            "agenda": [form.line() for form in self.agenda.kept()],
            "documents": [form.line() for form in self.documents.kept()],
        }
        if not self.instance.pk:
            return create_session(session=self.instance, slots=times, publish=publish, by=by, **rows)
        seen = self.cleaned_data.get("version") or 0
        return edit_session(session=self.instance, slots=times, publish=publish, seen=seen, by=by, **rows)

    def refuse(self, error: DomainError) -> None:
        formsets = {
            "slots": self.slots,
            "roles": self.roles,
            "agenda": self.agenda,
            "documents": self.documents,
        }
        rows = formsets.get(error.field or "")
        if rows is not None:
            rows.non_form_errors().append(str(error))
        else:
            super().refuse(error)
        if self.stored is not None:
            show_what_stands(self, self.stored)

    def _begin(self) -> None:
        """A form that was not sent yet shows what the activity's sessions begin with."""
        if self.instance.pk is not None:
            return
        activity = None if self.is_bound else self._first_activity()
        settings = ActivitySettings() if activity is None else settings_of(activity)
        begun = {name: getattr(settings, name) for name in RULES}
        self.initial = {**begun, **self.initial}
        if activity is not None:
            self.initial |= {"activity": activity.pk, "rules_of": activity.pk}
        self._plan(settings)

    def _plan(self, settings: ActivitySettings) -> None:
        """« Members first » counts in days before the first slot, which is not typed yet."""
        field = self.fields["members_first_planned"]
        days = settings.members_first_days
        field.initial = days is not None
        if days is not None:
            until = {0: "jusqu’au début", 1: "jusqu’à la veille"}.get(days, f"jusqu’à {days} jours avant")
            field.label = f"Adhérents d’abord {until}, comme le prévoit le dispositif"
            field.help_text = "Une date ci-dessous l’emporte."

    def _follow(self, activity: ActivityPage, data: dict[str, Any]) -> None:
        """The activity was chosen after its rules were to be shown: show them before anything is saved."""
        shown, settings = data.get("rules_of"), settings_of(activity)
        self._plan(settings)
        same = all(getattr(settings, name) == data.get(name) for name in RULES)
        if shown == str(activity.pk) or settings.pk is None or (same and settings.members_first_days is None):
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        for name in RULES:
            self._retype(name, getattr(settings, name))
        self._retype("members_first_planned", settings.members_first_days is not None)
        self._retype("rules_of", str(activity.pk))
        self.add_error("activity", RULES_TAKEN)

    def _retype(self, name: str, value: Any) -> None:
        if isinstance(value, bool):
            self.data.pop(name, None)  # type: ignore[attr-defined]
            if value:
                self.data[name] = "on"  # type: ignore[index]
        elif isinstance(value, list):
            self.data.setlist(name, value)  # type: ignore[attr-defined]
        else:
            self.data[name] = getattr(value, "pk", value) or ("" if value is None else value)  # type: ignore[index]

    def times(self) -> list[SlotTimes]:
        return [form.cleaned_data["times"] for form in self.slots.kept()]

    def _first_activity(self) -> ActivityPage | None:
        """The one asked for in the address, or the only one there is."""
        own = self.fields["activity"].queryset
        asked = str(self.initial.get("activity") or "")
        if asked:
            return own.filter(pk=row_number(asked)).first()
        found = list(own[:2])
        return found[0] if len(found) == 1 else None

    def _own_questions(self, activity: ActivityPage) -> None:
        field = self.fields["question_set"]
        field.queryset = field.queryset.filter(organisation=activity.organisation_id)

    def _activities(self, user: User) -> Any:
        activities = coordinated_activities(user).select_related("organisation").order_by("title", "pk")
        if self.instance.pk:
            return activities.filter(organisation=self.instance.activity.organisation)
        return activities

    @staticmethod
    def _label(activity: ActivityPage) -> str:
        draft = "" if activity.live else " (brouillon)"
        return f"{activity.title} · {activity.organisation.short_name}{draft}"
