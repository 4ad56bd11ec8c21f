"""One row of radio buttons per person, and the questions to somebody who came without a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.errors import DomainError
from common.forms import RefusableForm
from events.domain.attendance import SeenMark
from events.domain.names import two_names
from events.domain.people import Person
from events.domain.roster import Line
from events.forms.registration import RawField
from events.models import Attendance
from members.domain.statements import NAME_LENGTH, checked_name
from members.emails import EMAIL_LENGTH, checked_email
from members.professions import Profession

State = Attendance.State
# On a phone five answers stand side by side.
SHORT = [
    (State.PRESENT, "Présent·e"),
    (State.LATE, "En retard"),
    (State.LEFT, "Parti·e tôt"),
    (State.EXCUSED, "Excusé·e"),
    (State.ABSENT, "Absent·e"),
]
LONGEST = 24 * 60


@dataclass(frozen=True)
class Row:
    line: Line
    state: BoundField
    minutes: BoundField

    @property
    def seen(self) -> str:
        return seen_word(self.line.mark, self.line.minutes)


class MarksForm(forms.Form):
    """For each confirmed person: ``presence-<registration>``, empty while nothing is noted,
    ``minutes-<registration>`` for who was there for a part, ``vu-<registration>`` what the page showed.
    """

    def __init__(self, *args: Any, people: list[Line], longest: int = LONGEST, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for line in people:
            self.fields[_name(line)] = forms.ChoiceField(
                label=line.name,
                choices=SHORT,
                widget=forms.RadioSelect,
                required=False,
                initial=line.mark,
                error_messages={"invalid_choice": "Choisissez une présence dans la liste."},
            )
            self.fields[_minutes(line)] = minutes_field(line, "Minutes de présence", longest=longest)

    def rows(self) -> Iterator[Row]:
        for line in self.people:
            yield Row(line, self[_name(line)], self[_minutes(line)])

    @property
    def changes(self) -> list[SeenMark]:
        """What differs from what the page showed; without ``vu``, from what is noted now."""
        return [change for line in self.people if (change := self._change(line)) is not None]

    def _change(self, line: Line) -> SeenMark | None:
        state = self.cleaned_data[_name(line)]
        partial_state = state in (State.LATE, State.LEFT)
        minutes = self.cleaned_data[_minutes(line)] if partial_state else None
        seen = read_seen(self.data.get(f"vu-{line.registration_id}"), line)
        if not state or (state, minutes) == seen:
            return None
        return SeenMark(line.registration_id, state, minutes, *seen)


class WalkInForm(RefusableForm):
    """Its names are prefixed: it shares the page's one form with the marks, so that neither is lost."""

    prefix = "sans-inscription"
    # Browsers refuse, without a word, to send a form whose folded part has an empty required field.
    use_required_attribute = False
    typed = ("full_name", "email")

    full_name = RawField(
        label="Prénom et nom", maxlength=2 * NAME_LENGTH, autocomplete="off", help_text="Le prénom d’abord."
    )
    email = RawField(
        label="Adresse e-mail",
        maxlength=EMAIL_LENGTH,
        autocomplete="off",
        widget=forms.EmailInput(
            attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=[("", "Non précisée"), *Profession.choices],
        required=False,
        error_messages={"invalid_choice": "Choisissez une profession de la liste."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def is_filled(self) -> bool:
        return self.is_bound and any(self.data.get(self.add_prefix(name), "").strip() for name in self.typed)

    @property
    def person(self) -> Person:
        return newcomer(
            self.cleaned_data["full_name"],
            self.cleaned_data["email"],
            self.cleaned_data["profession"],
        )

    def clean(self) -> dict[str, Any]:
        """All that is wrong at once: the domain would stop at the first."""
        for name, check in (("full_name", _checked_names), ("email", _checked_address)):
            if name in self.cleaned_data:
                try:
                    check(self.cleaned_data[name])
                except DomainError as error:
                    self.add_error(name, str(error))
        return self.cleaned_data


def minutes_field(line: Line, label: str, *, longest: int) -> forms.IntegerField:
    """How long somebody was there, beside the state of who came for a part."""
    return forms.IntegerField(
        label=label,
        required=False,
        initial=line.minutes,
        min_value=1,
        max_value=longest,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"Les minutes de présence vont de 1 à {longest}, la durée du créneau.",
        ),
    )


def newcomer(full_name: str, email: str, profession: str = "") -> Person:
    """Raises ``DomainError`` for a name in one word."""
    first_name, last_name = two_names(full_name)
    return Person(first_name=first_name, last_name=last_name, email=email, profession=profession)


def seen_word(state: str, minutes: int | None) -> str:
    """« late:30 »: a mark as a hidden field carries it."""
    return state if minutes is None else f"{state}:{minutes}"


def read_seen(word: object, line: Line) -> tuple[str, int | None]:
    """What the page showed; unreadable or not said: what is noted now."""
    if not isinstance(word, str):
        return line.mark, line.minutes
    state, _colon, minutes = word.partition(":")
    if state and state not in State.values:
        return line.mark, line.minutes
    return state, int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 6 else None


def _checked_names(typed: str) -> None:
    check = partial(checked_name, field="full_name")
    first_name, last_name = two_names(typed)
    check(first_name, what="prénom")
    check(last_name, what="nom")


def _checked_address(typed: str) -> None:
    if not typed.strip():
        raise DomainError("Indiquez son adresse e-mail : l’attestation y sera envoyée.")
    checked_email(typed)


def _name(line: Line) -> str:
    return f"presence-{line.registration_id}"


def _minutes(line: Line) -> str:
    return f"minutes-{line.registration_id}"
