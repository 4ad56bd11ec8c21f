"""When a season takes place. It parses; the domain works out the dates."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from common.errors import DomainError
from common.forms import RefusableForm
from common.moments import duration
from events.domain import recurrence
from events.domain.habits import Habit
from events.domain.recurrence import Rank, Rhythm
from events.domain.written_dates import Hours, write_hours
from events.forms.inputs import AN_HOUR, TimeInput

RHYTHM, LIST = "rhythm", "list"
MONTHS_AHEAD = 36
WEEKDAYS = [
    ("0", "lundi"),
    ("1", "mardi"),
    ("2", "mercredi"),
    ("3", "jeudi"),
    ("4", "vendredi"),
    ("5", "samedi"),
    ("6", "dimanche"),
]
DURATIONS = range(30, 8 * 60 + 1, 30)
CHOOSE = {"required": "Choisissez dans la liste.", "invalid_choice": "Choisissez dans la liste."}
LATE = "Le créneau finit après minuit : raccourcissez-le."


class DurationField(forms.TypedChoiceField):
    """Half hours; a habit of 1 h 45 joins them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, error_messages=CHOOSE, **kwargs)
        self.choices = self._among(DURATIONS)

    def admit(self, minutes: Any) -> None:
        if str(minutes).isascii() and str(minutes).isdigit() and len(str(minutes)) <= 3:
            self.choices = self._among({*DURATIONS, max(5, int(minutes))})

    def _among(self, minutes: Iterable[int]) -> list[tuple[int | str, str]]:
        found: list[tuple[int | str, str]] = [(n, duration(n)) for n in sorted(minutes)]
        return found if self.required else [("", "—"), *found]


class WhenForm(RefusableForm):
    """« Each 3rd Thursday at 19:00 for 2 h, from September to June, except…», or a list of dates."""

    way = forms.ChoiceField(
        label="Les dates",
        choices=[(RHYTHM, "À un rythme régulier"), (LIST, "Une liste de dates")],
        widget=forms.RadioSelect,
        initial=RHYTHM,
        error_messages=CHOOSE,
    )
    rank = forms.ChoiceField(label="Chaque", choices=Rank.choices, required=False, error_messages=CHOOSE)
    weekday = forms.ChoiceField(label="Jour", choices=WEEKDAYS, required=False, error_messages=CHOOSE)
    since = forms.ChoiceField(label="À partir de", required=False, error_messages=CHOOSE)
    until = forms.ChoiceField(label="Jusqu’à", required=False, error_messages=CHOOSE)
    without = forms.CharField(
        label="Sauf",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Un par ligne : 17/12/2026 · semaine du 21/12/2026 · du 20/02/2027 au 07/03/2027.",
    )
    skip_public = forms.BooleanField(label="Pas les jours fériés", required=False, initial=True)
    skip_school = forms.BooleanField(label="Pas pendant les vacances scolaires", required=False)
    dates = forms.CharField(
        label="Dates",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Une par ligne, par exemple 17/12/2026 ou jeudi 17 décembre 2026.",
    )
    start = forms.TimeField(
        label="Heure de début",
        widget=TimeInput,
        error_messages={"invalid": AN_HOUR, "required": "Indiquez l’heure de début."},
    )
    minutes = DurationField(label="Durée")
    start2 = forms.TimeField(
        label="Second créneau, début", widget=TimeInput, required=False, error_messages={"invalid": AN_HOUR}
    )
    minutes2 = DurationField(label="Second créneau, durée", required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = _months(timezone.localdate())
        for name in ("since", "until"):
            self.fields[name].choices = months  # type: ignore[attr-defined]
        self.fields["skip_school"].label = f"Pas pendant les vacances scolaires (zone {zone})"
        for name in ("minutes", "minutes2"):
            given = self.data.get(name, "") if self.is_bound else self.initial.get(name, "")
            self.fields[name].admit(given)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(habit: Habit) -> dict[str, Any]:
        first, *others = habit.hours
        second = others[0] if others else None
        return {
            "rank": habit.rank,
            "weekday": str(habit.weekday),
            "since": f"{habit.since:%Y-%m}",
            "until": f"{habit.until:%Y-%m}",
            "start": first[0],
            "minutes": _minutes(first),
            "start2": second and second[0],
            "minutes2": second and _minutes(second),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"start", "minutes"} <= data.keys() and {"start2", "minutes2"} <= data.keys():
            self._read_hours(data)
        if "way" in data:
            try:
                data["days"] = self._days(data)
            except DomainError as error:
                self.refuse(error)
        return data

    @property
    def days(self) -> list[date] | None:
        """The dates in order; None while something does not let them be known."""
        return None if self.errors else self.cleaned_data["days"]

    @property
    def hours(self) -> str:
        return write_hours(self.cleaned_data["hours"])

    def _days(self, data: dict[str, Any]) -> list[date]:
        if data["way"] == LIST:
            return recurrence.read_dates(data.get("dates", ""))
        missing = [name for name in ("rank", "weekday", "since", "until") if not data.get(name)]
        for name in missing:
            if name not in self.errors:
                self.add_error(name, CHOOSE["required"])
        if missing or "without" not in data:
            return []
        rhythm = Rhythm(
            Rank(data["rank"]),
            int(data["weekday"]),
            max(_first(data["since"]), timezone.localdate()),
            _last(data["until"]),
        )
        return recurrence.dates(rhythm=rhythm, without=recurrence.read_exclusions(data["without"]))

    def _read_hours(self, data: dict[str, Any]) -> None:
        slots = [_slot(data["start"], data["minutes"])]
        if data["start2"]:
            if not data["minutes2"]:
                self.add_error("minutes2", "Indiquez la durée du second créneau.")
                return
            slots.append(_slot(data["start2"], data["minutes2"]))
        for name, slot in zip(("minutes", "minutes2"), slots, strict=False):
            if slot[1] <= slot[0]:
                self.add_error(name, LATE)
        if len(slots) == 2 and slots[1][0] < slots[0][1] and not self.errors:
            self.add_error("start2", "Le second créneau commence avant la fin du premier.")
        data["hours"] = slots


def _months(today: date) -> list[tuple[str, str]]:
    found = []
    for n in range(MONTHS_AHEAD):
        month = date(today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1, 1)
        found.append((f"{month:%Y-%m}", date_format(month, "F Y")))
    return found


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last(month: str) -> date:
    return (_first(month) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _slot(start: time, minutes: int) -> Hours:
    """Past midnight, the end comes out before the start."""
    end = datetime.combine(date(2000, 1, 1), start) + timedelta(minutes=minutes)
    return start, end.time()


def _minutes(hours: Hours) -> int:
    start, end = hours
    return (end.hour - start.hour) * 60 + end.minute - start.minute
