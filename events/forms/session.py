"""The coordinator's form of a session: facts, slots, who leads. It parses; the domain decides and writes."""

from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import transaction
from django.forms.utils import from_current_timezone
from django.utils import timezone

from common.errors import DomainError
from events.access import coordinated_activities
from events.domain.roles import RoleLine, set_roles
from events.domain.sessions import EDITABLE, MAX_SEATS, SlotTimes, publish_session, save_session
from events.forms.importing import ActivityChoiceField
from events.models import ActivityPage, Session, SessionRole, Slot
from members.models import User

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
A_DATE = "Indiquez une date qui existe, par exemple 14/03/2027."
AN_HOUR = "Indiquez une heure, par exemple 19:00."
A_MOMENT = "Indiquez une date et une heure qui existent, par exemple 14/03/2027 19:00."
A_YEAR = "Indiquez une date entre 2000 et 2100."
SEATS = "Le nombre de places va de 1 à 10 000."
EXTRA_SEATS = "La surréservation va de 0 à 100 pour cent."


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class SlotForm(forms.Form):
    """One row: a slot begins and ends on one day, in Paris time."""

    date = forms.DateField(
        label="Date",
        widget=DateInput,
        error_messages={"invalid": A_DATE, "required": "Indiquez la date."},
        validators=[MinValueValidator(EARLIEST, A_YEAR), MaxValueValidator(LATEST, A_YEAR)],
    )
    start = forms.TimeField(
        label="Début",
        widget=TimeInput,
        error_messages={"invalid": AN_HOUR, "required": "Indiquez l’heure de début."},
    )
    end = forms.TimeField(
        label="Fin",
        widget=TimeInput,
        error_messages={"invalid": AN_HOUR, "required": "Indiquez l’heure de fin."},
    )
    label = forms.CharField(label="Intitulé", max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"date", "start", "end"} - data.keys():
            return data
        if data["end"] <= data["start"]:
            self.add_error("end", "La fin précède le début.")
            return data
        data["times"] = SlotTimes(
            self._moment("start", data["date"], data["start"]),
            self._moment("end", data["date"], data["end"]),
            data.get("label", ""),
        )
        return data

    def _moment(self, field: str, day: date, hour: time) -> datetime:
        try:
            return from_current_timezone(datetime.combine(day, hour))
        except ValidationError:
            self.add_error(
                field, "Cette heure n’existe pas ou existe deux fois : c’est la nuit du changement d’heure."
            )
            return timezone.now()

    @staticmethod
    def initial_of(slot: Slot) -> dict[str, Any]:
        start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
        return {"date": start.date(), "start": start.time(), "end": end.time(), "label": slot.label}


class RoleForm(forms.Form):
    """One row: somebody who leads or speaks; with an address, they find the session in their own space."""

    role = forms.ChoiceField(
        label="Rôle", choices=SessionRole.Role.choices, initial=SessionRole.Role.FACILITATOR, required=False
    )
    name = forms.CharField(
        label="Nom affiché",
        max_length=120,
        help_text="Par exemple « Une sophrologue ».",
        error_messages={"required": "Indiquez le nom affiché."},
    )
    email = forms.EmailField(
        label="Adresse e-mail du compte",
        required=False,
        help_text="Facultative : la personne retrouve la session dans son espace.",
        error_messages={"invalid": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr."},
    )

    def has_changed(self) -> bool:
        # The role has a default value: a row where nothing else is said is an empty row.
        return bool({"name", "email", "DELETE"} & set(self.changed_data)) or bool(
            self.initial.get("name") and self.changed_data
        )

    def line(self) -> RoleLine:
        data = self.cleaned_data
        return RoleLine(data["role"] or SessionRole.Role.FACILITATOR, data["name"], data["email"])


class BaseRows(forms.BaseFormSet):
    """Rows of which the empty and the ticked ones do not count."""

    def kept(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if (form.has_changed() or form.initial)
            and not self._should_delete_form(form)
            and form.cleaned_data
        ]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Retirer"


class BaseSlotRows(BaseRows):
    def clean(self) -> None:
        if any(self.errors):
            return
        times = sorted((form.cleaned_data["times"] for form in self.kept()), key=lambda slot: slot.starts_at)
        if not times:
            raise ValidationError("Indiquez au moins un créneau : date, début et fin.")
        if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(times)):
            raise ValidationError("Deux créneaux se chevauchent.")


class BaseRoleRows(BaseRows):
    def clean(self) -> None:
        if any(self.errors):
            return
        lines = [form.line() for form in self.kept()]
        accounts = [(line.role, line.email.lower()) for line in lines if line.email]
        if len(accounts) != len(set(accounts)):
            raise ValidationError("Cette personne a deux fois le même rôle.")


ROWS = {"can_delete": True, "max_num": 60, "absolute_max": 100}
TOO_MANY = {"too_many_forms": "Trop de lignes : 60 au plus.", "missing_management_form": "Rechargez la page."}
SlotRows = forms.formset_factory(SlotForm, formset=BaseSlotRows, extra=2, validate_max=True, **ROWS)
RoleRows = forms.formset_factory(RoleForm, formset=BaseRoleRows, extra=2, validate_max=True, **ROWS)


LATER = {
    "approval",
    "professions",
    "promotion",
    "promotion_cutoff_hours",
    "offer_hours",
    "members_first_until",
    "question_set",
}


class SessionForm(forms.ModelForm):
    """``slots`` and ``roles`` are formsets of the same submission; ``save`` calls the domain."""

    online_url = forms.URLField(
        label="Lien de connexion",
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Indiquez une adresse complète, par exemple https://exemple.fr/salle."},
        help_text="Envoyé aux seules personnes inscrites.",
    )
    opens_at = forms.DateTimeField(
        label="Ouverture des inscriptions",
        required=False,
        widget=MomentInput,
        error_messages={"invalid": A_MOMENT},
        help_text="Vide : dès la publication.",
    )
    closes_at = forms.DateTimeField(
        label="Clôture des inscriptions",
        required=False,
        widget=MomentInput,
        error_messages={"invalid": A_MOMENT},
        help_text="Vide : au début de la session.",
    )
    capacity = forms.IntegerField(
        label="Places",
        initial=12,
        error_messages={"invalid": SEATS, "required": "Indiquez le nombre de places."},
        validators=[MinValueValidator(1, SEATS), MaxValueValidator(MAX_SEATS, SEATS)],
    )
    overbooking_percent = forms.IntegerField(
        label="Surréservation, en %",
        initial=0,
        required=False,
        error_messages={"invalid": EXTRA_SEATS},
        validators=[MinValueValidator(0, EXTRA_SEATS), MaxValueValidator(100, EXTRA_SEATS)],
        help_text="Inscriptions acceptées au-delà des places.",
    )

    class Meta:
        model = Session
        fields = [name for name in EDITABLE if name not in LATER]
        field_classes = {"activity": ActivityChoiceField}
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

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = self._activities(user)
        self.fields["activity"].label_from_instance = self._label  # type: ignore[method-assign]
        self.fields["description"].validators.append(
            MaxLengthValidator(5000, "Le programme dépasse 5 000 signes.")
        )
        data = self.data if self.is_bound else None
        self.slots = SlotRows(data, prefix="slots", initial=self._stored_slots(), error_messages=TOO_MANY)
        self.roles = RoleRows(data, prefix="roles", initial=self._stored_roles(), error_messages=TOO_MANY)

    def is_valid(self) -> bool:
        # All three speak at once: nobody mends one error to discover the next.
        return all([super().is_valid(), self.slots.is_valid(), self.roles.is_valid()])

    def clean_overbooking_percent(self) -> int:
        return self.cleaned_data["overbooking_percent"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        for field, moment in (("opens_at", opens), ("closes_at", closes)):
            if moment and not EARLIEST <= moment.date() <= LATEST:
                self.add_error(field, A_YEAR)
        if opens and closes and closes <= opens:
            self.add_error("closes_at", "Les inscriptions ferment avant d’ouvrir.")
        return data

    def save(self, *, by: User, publish: bool = False) -> Session:  # type: ignore[override]
        """Hand everything to the domain, in one transaction. Raises ``DomainError``."""
        is_new = self.instance.pk is None
        try:
            with transaction.atomic():
                session = save_session(session=self.instance, slots=self._times(), by=by)
                set_roles(session=session, roles=[form.line() for form in self.roles.kept()], by=by)
                if publish:
                    session = publish_session(session=session, by=by)
        except DomainError:
            if is_new:
                self.instance.pk, self.instance._state.adding = None, True
            raise
        return session

    def refuse(self, error: DomainError) -> None:
        """Show the domain's sentence where the eye looks for it."""
        rows = {"slots": self.slots, "roles": self.roles}.get(error.field or "")
        if rows is not None:
            rows.non_form_errors().append(str(error))
        else:
            self.add_error(error.field if error.field in self.fields else None, str(error))

    def _times(self) -> list[SlotTimes]:
        return [form.cleaned_data["times"] for form in self.slots.kept()]

    def _activities(self, user: User) -> Any:
        activities = coordinated_activities(user).select_related("organisation").order_by("title", "pk")
        if self.instance.pk:
            return activities.filter(organisation=self.instance.activity.organisation)
        return activities

    @staticmethod
    def _label(activity: ActivityPage) -> str:
        draft = "" if activity.live else " (brouillon)"
        return f"{activity.title} · {activity.organisation.short_name}{draft}"

    def _stored_slots(self) -> list[dict[str, Any]]:
        if not self.instance.pk:
            return []
        return [SlotForm.initial_of(slot) for slot in self.instance.slots.all()]

    def _stored_roles(self) -> list[dict[str, Any]]:
        if not self.instance.pk:
            return []
        return [
            {"role": role.role, "name": role.name, "email": role.user.email if role.user else ""}
            for role in self.instance.roles.select_related("user")
        ]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Motif, envoyé aux personnes concernées et affiché sur la page de la session",
        max_length=240,
        help_text="Tout le monde peut le lire : ne parlez de la santé de personne.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Indiquez le motif : il est envoyé aux personnes inscrites."},
    )
