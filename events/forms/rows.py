"""The rows of a session's form: its slots and who leads."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import from_current_timezone
from django.utils import timezone

from events.domain.roles import RoleLine
from events.domain.session_slots import SlotTimes
from events.forms.inputs import A_DATE, A_YEAR, AN_HOUR, EARLIEST, LATEST, DateInput, TimeInput
from events.models import Session, SessionRole, Slot


def moment_of(form: forms.Form, field: str, day: date, hour: time) -> datetime:
    """That hour in Paris; one that the clock change skips or repeats is refused beside ``field``."""
    try:
        return from_current_timezone(datetime.combine(day, hour))
    except ValidationError:
        form.add_error(
            field, "Cette heure n’existe pas ou existe deux fois : c’est la nuit du changement d’heure."
        )
        return timezone.now()


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
            moment_of(self, "start", data["date"], data["start"]),
            moment_of(self, "end", data["date"], data["end"]),
            data.get("label", ""),
        )
        return data

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
        help_text="Par exemple « Une sophrologue ».",
        error_messages={"required": "Indiquez le nom affiché."},
    )
    email = forms.EmailField(
        label="Adresse e-mail du compte",
        required=False,
        help_text="Facultative : la personne retrouve la session dans son espace.",
        error_messages={"invalid": "Indiquez une adresse e-mail valable, par exemple prenom@exemple.fr."},
    )

    presentation = forms.CharField(
        label="Qualité",
        max_length=160,
        required=False,
        help_text="Par exemple « Psychiatre, CHU de Rouen ».",
    )
    disclosure = forms.CharField(
        label="Liens d’intérêt",
        max_length=400,
        required=False,
        help_text="Ce que la personne déclare, ou « Aucun lien d’intérêt déclaré ».",
    )

    def has_changed(self) -> bool:
        # The role has a default value: a row where nothing else is said is an empty row.
        return bool(
            {"name", "email", "presentation", "disclosure", "DELETE"} & set(self.changed_data)
        ) or bool(self.initial.get("name") and self.changed_data)

    def line(self) -> RoleLine:
        data = self.cleaned_data
        return RoleLine(
            data["role"] or SessionRole.Role.FACILITATOR,
            data["name"],
            data["email"],
            data["presentation"],
            data["disclosure"],
        )


def slot_rows(session: Session) -> list[dict[str, Any]]:
    """What is stored, as the rows begin with it."""
    return [SlotForm.initial_of(slot) for slot in session.slots.all()] if session.pk else []


def role_rows(session: Session) -> list[dict[str, Any]]:
    if not session.pk:
        return []
    return [
        {
            "role": role.role,
            "name": role.name,
            "email": role.user.email if role.user else "",
            "presentation": role.presentation,
            "disclosure": role.disclosure,
        }
        for role in session.roles.select_related("user")
    ]


class BaseRows(forms.BaseFormSet):
    """Rows of which the empty and the ticked ones do not count; ``stands`` is what somebody else saved."""

    stands: Sequence[str] = ()

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
            raise ValidationError("Indiquez au moins un créneau : date, début et fin.")
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
TOO_MANY = {"too_many_forms": "Trop de lignes : 60 au plus.", "missing_management_form": "Rechargez la page."}
SlotRows = forms.formset_factory(SlotForm, formset=BaseSlotRows, extra=2, validate_max=True, **ROWS)
RoleRows = forms.formset_factory(RoleForm, formset=BaseRoleRows, extra=1, validate_max=True, **ROWS)
