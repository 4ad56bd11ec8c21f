"""What the page of a season holds at one moment: its two forms, its rows, and what is said of them."""

from datetime import date
from typing import Any

from django.http import QueryDict

from events.domain import days_off
from events.domain.habits import habit_of, leaders_of, places_of
from events.domain.planning import Occasion
from events.domain.recurrence import MAX_DATES
from events.domain.season_days import facts_of
from events.forms.inputs import EARLIEST, LATEST
from events.forms.occasions import FOLLOWING, Known, Row, occasion, rows_of
from events.forms.season import LIST, RHYTHM, WhenForm
from events.forms.season_facts import CommonForm
from events.models import ActivityPage

MORE = {
    "address",
    "modality",
    "access",
    "online_url",
    "email",
    "description",
    "to_bring",
    "opens_days",
    "closes_days",
}


class SeasonPage:
    """``data`` is what was sent, or None: then the page is filled from the activity's last session.

    ``final`` asks the rows to be whole; a preview takes them as they stand.
    """

    def __init__(self, *, activity: ActivityPage, data: QueryDict | None, final: bool = False) -> None:
        self.activity, self.data = activity, data
        self.zone = activity.organisation.school_zone
        given: Any = data if data is not None else self._beginning()
        self.when = WhenForm(given, zone=self.zone)
        self.common = CommonForm(given)
        self.shown = self._shown()
        days = self.when.days
        self.days = self.shown if days is None else days
        self.rows = self._rows(final)
        self.known = Known(places_of(activity.organisation), leaders_of(activity.organisation))

    def _beginning(self) -> dict[str, Any]:
        habit = habit_of(self.activity)
        return {
            "way": RHYTHM,
            "skip_public": True,
            **WhenForm.initial_of(habit),
            **CommonForm.initial_of(habit, self.activity.title),
        }

    def _shown(self) -> list[date]:
        """The dates whose rows were sent."""
        found = []
        for typed in self.data.getlist("days")[:MAX_DATES] if self.data else []:
            try:
                found.append(date.fromisoformat(typed))
            except ValueError:
                continue
        return [day for day in found if EARLIEST <= day <= LATEST]

    def _rows(self, final: bool) -> list[Row]:
        facts = facts_of(self.days, activity=self.activity)
        given = self.when.cleaned_data
        return rows_of(
            facts=[facts[day] for day in self.days],
            common=self.shared,
            data=self.data,
            # Dates that were listed one by one are wanted.
            skip={
                name: bool(given.get(name)) and not self.is_list for name in ("skip_public", "skip_school")
            },
            bound=final,
        )

    @property
    def asked(self) -> WhenForm:
        """The form that says which dates."""
        return self.when

    @property
    def is_list(self) -> bool:
        return self.when["way"].value() == LIST

    @property
    def shared(self) -> dict[str, str]:
        """What rows follow as long as nobody changes them."""
        values = {name: str(self.common[name].value() or "").strip() for name in FOLLOWING if name != "hours"}
        hours = self.data.get("was-hours", "") if self.data else ""
        return {"hours": self.when.hours if self.when.days is not None else hours, **values}

    @property
    def has_second_slot(self) -> bool:
        return bool(self.when["start2"].value() or self.when["minutes2"].value())

    @property
    def more_errors(self) -> bool:
        """Whether something is wrong among the fields that are folded."""
        return bool(MORE & self.common.errors.keys())

    @property
    def kept(self) -> list[Row]:
        return [row for row in self.rows if row.keep]

    @property
    def dates_changed(self) -> bool:
        """Whether the dates, or what was advised of them, are not what the person was looking at."""
        advice = any(row.advised != row.was_advised and not row.facts.planned for row in self.rows)
        return set(self.days) != set(self.shown) or advice

    def is_valid(self) -> bool:
        # All speak at once: nobody mends one error to discover the next.
        return all(
            [not self.when.errors, self.common.is_valid(), *(row.form.is_valid() for row in self.kept)]
        )

    def occasions(self) -> list[Occasion]:
        data = self.common.cleaned_data
        leader = (data["name"], data["email"])
        return [
            occasion(row, place=self.common.place(), role=data["role"], leader=leader, known=self.known)
            for row in self.kept
        ]

    @property
    def summary(self) -> str:
        """« 10 dates, dont 8 gardées. 1 jour férié, 2 en vacances scolaires. »"""
        if not self.rows:
            return "Aucune date : changez la période ou le rythme."
        number, kept = len(self.rows), len(self.kept)
        text = f"{number} date{'s' * (number > 1)}"
        if kept != number:
            text += f", dont {kept} gardée{'s' * (kept > 1)}"
        public = sum(bool(row.facts.public) for row in self.rows)
        school = sum(bool(row.facts.school) for row in self.rows)
        special = [f"{public} jour{'s' * (public > 1)} férié{'s' * (public > 1)}"] * bool(public)
        special += [f"{school} pendant les vacances scolaires (zone {self.zone})"] * bool(school)
        return f"{text}. {', '.join(special)}{'.' * bool(special)}".strip()

    @property
    def unknown_years(self) -> str:
        return days_off.unknown_sentence(self.days)
