"""What the page that copies a season holds at one moment."""

from datetime import datetime, time
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from events.domain import days_off, seasons
from events.domain.copying import Copy
from events.domain.season_days import facts_of
from events.forms.copying import YEAR, CopyRow, ShiftForm, copy_row
from events.models import ActivityPage, Session


class CopySeasonPage:
    """``data`` is what was sent, or None; ``final`` asks the rows to be whole."""

    def __init__(self, *, activity: ActivityPage, data: QueryDict | None, final: bool = False) -> None:
        self.activity, self.data = activity, data if data is not None else QueryDict()
        self.zone = activity.organisation.school_zone
        self.seasons = self._seasons()
        given: Any = data if data is not None else {"season": self._usual(), "way": YEAR, "weeks": 52}
        self.shift = ShiftForm(given, seasons=self.seasons)
        self.rows = self._rows(final) if self.shift.is_valid() else []

    def _stored(self) -> Any:
        """Cancelled sessions did not take place: they are not taken up again."""
        return Session.objects.filter(activity=self.activity).exclude(status=Session.Status.CANCELLED)

    def _seasons(self) -> list[str]:
        starts = self._stored().order_by("starts_at").values_list("starts_at", flat=True)
        return sorted({seasons.label(timezone.localdate(moment)) for moment in starts}, reverse=True)

    def _usual(self) -> str:
        """The season under way when it has sessions, else the latest."""
        now = seasons.label(timezone.localdate())
        return now if now in self.seasons else next(iter(self.seasons), "")

    def _rows(self, final: bool) -> list[CopyRow]:
        first, last = (int(year) for year in self.shift.cleaned_data["season"].split("-"))
        sessions = (
            self._stored()
            .filter(starts_at__gte=_september(first), starts_at__lt=_september(last))
            .select_related("activity__organisation")
            .prefetch_related("slots", "roles__user", "agenda__roles", "documents")
            .order_by("starts_at", "pk")
        )
        rows = [copy_row(one, weeks=self.shift.shift, data=self.data, bound=final) for one in sessions]
        facts = facts_of([row.day for row in rows if row.day], activity=self.activity)
        for row in rows:
            row.look(facts[row.day] if row.day else None, self.data)
        return rows

    @property
    def asked(self) -> ShiftForm:
        """The form that says which dates."""
        return self.shift

    @property
    def kept(self) -> list[CopyRow]:
        return [row for row in self.rows if row.keep]

    @property
    def dates_changed(self) -> bool:
        """Whether another season or another shift was chosen since the rows were shown."""
        return any(row.shown != row.default.isoformat() for row in self.rows)

    def is_valid(self) -> bool:
        return self.shift.is_valid() and all(row.form.is_valid() for row in self.kept)

    def copies(self) -> list[Copy]:
        return [row.copy() for row in self.kept]

    @property
    def summary(self) -> str:
        if not self.rows:
            return "Aucune session à copier."
        number, kept = len(self.rows), len(self.kept)
        text = f"{number} session{'s' * (number > 1)} dans cette saison"
        return f"{text}, {kept} à copier." if kept != number else f"{text}."

    @property
    def unknown_years(self) -> str:
        return days_off.unknown_sentence(row.day for row in self.rows if row.day)


def _september(year: int) -> datetime:
    return timezone.make_aware(datetime.combine(seasons.opening(year), time()))
