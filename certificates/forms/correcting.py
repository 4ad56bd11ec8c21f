"""What a closed sheet should have said, person by person, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.forms import RefusableForm
from events.domain.attendance.correcting import REASON_LENGTH
from events.domain.attendance.writing import PARTIAL
from events.domain.roster import Line
from events.forms.attendance import minutes_field
from events.models import Attendance
from events.models.attendance import CAME


@dataclass(frozen=True)
class Row:
    line: Line
    state: BoundField
    minutes: BoundField


@dataclass(frozen=True)
class Change:
    """One person, as the sheet has them and as the next version will."""

    before: Line
    after: Line

    @property
    def outcome(self) -> str:
        came, comes = self.before.mark in CAME, self.after.mark in CAME
        if comes and not came:
            return "compte désormais parmi les personnes venues"
        if came and not comes:
            return "ne compte plus parmi les personnes venues"
        return "sa durée de présence change" if comes else ""


class CorrectionForm(RefusableForm):
    """``version`` is the one that the page shows: a sheet corrected since is read again."""

    version = forms.IntegerField(
        label="Version",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), "Rouvrez la page depuis la feuille."),
    )
    reason = forms.CharField(
        label="Motif de la correction",
        max_length=REASON_LENGTH,
        help_text="Il reste sur la feuille : ne nommez personne, n’y mettez rien de personnel.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Dites pourquoi vous corrigez cette feuille.",
            "max_length": f"Le motif tient en {REASON_LENGTH} signes.",
        },
    )

    def __init__(self, *args: Any, people: list[Line], longest: int, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.people = people
        for line in people:
            self.fields[_state(line)] = forms.ChoiceField(
                label=line.name,
                choices=Attendance.State.choices
                if line.mark
                else [("", "Pas sur la feuille"), *Attendance.State.choices],
                initial=line.mark,
                required=bool(line.mark),
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), "Choisissez une présence dans la liste."
                ),
            )
            self.fields[_minutes(line)] = minutes_field(line, f"Minutes de {line.name}", longest=longest)

    def rows(self) -> Iterator[Row]:
        for line in self.people:
            yield Row(line, self[_state(line)], self[_minutes(line)])

    @property
    def marks(self) -> dict[int, str]:
        return {change.after.registration_id: change.after.mark for change in self.changes}

    @property
    def minutes(self) -> dict[int, int | None]:
        return {
            change.after.registration_id: change.after.minutes
            for change in self.changes
            if change.after.mark in PARTIAL
        }

    @property
    def changes(self) -> list[Change]:
        """Of who is corrected; minutes typed beside another state than a partial one are not looked at."""
        found = []
        for line in self.people:
            state = self.cleaned_data[_state(line)]
            minutes = self.cleaned_data[_minutes(line)] if state in PARTIAL else None
            if state and (state, minutes) != (line.mark, line.minutes):
                found.append(Change(line, replace(line, mark=state, minutes=minutes)))
        return found


def _state(line: Line) -> str:
    return f"presence-{line.registration_id}"


def _minutes(line: Line) -> str:
    return f"minutes-{line.registration_id}"
