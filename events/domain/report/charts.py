"""Bars and columns, laid out for templates: percentages and coordinates, no drawing library."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from common.moments import NBSP
from events.domain.report.figures import Report, SessionFigures
from events.domain.report.groups import Group, in_order, small_groups_merged
from events.domain.report.periods import season_of
from events.domain.report.shares import percent

MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
MOST_MONTHS = 24


@dataclass(frozen=True)
class Bar:
    """One line of a chart; ``length`` goes from 0 to 100, the longest being 100."""

    label: str
    value: int
    length: int
    share: str
    sessions: int = 0
    participants: int = 0


@dataclass(frozen=True)
class Column:
    """A month or a season: participations and places, their heights from 0 to 100 on the same scale."""

    label: str
    year: str
    sessions: int
    value: int
    places: int
    height: float
    places_height: float

    @property
    def top(self) -> float:
        return round(100 - self.height, 1)

    @property
    def places_top(self) -> float:
        return round(100 - self.places_height, 1)


def bars(groups: Sequence[Group], *, total: int, most: int = 0, others: str = "Autres") -> list[Bar]:
    """Groups as lines; beyond ``most``, those that follow are put together with the merged ones."""
    if most and len(groups) > most:
        kept = [each for each in groups if each.label != others][: most - 1]
        rest = [each for each in groups if each not in kept]
        groups = [
            *kept,
            Group(
                others,
                sum(each.participations for each in rest),
                sum(each.participants for each in rest),
                sum(each.sessions for each in rest),
            ),
        ]
    longest = max((each.participations for each in groups), default=0)
    return [
        Bar(
            each.label,
            each.participations,
            round(100 * each.participations / longest) if longest else 0,
            share(each.participations, total),
            each.sessions,
            each.participants,
        )
        for each in groups
    ]


def share(part: int, whole: int) -> str:
    found = percent(part, whole)
    return "—" if found is None else f"{found}{NBSP}%"


def professions(found: Report, most: int = 0) -> list[Bar]:
    return bars(small_groups_merged(found.professions), total=found.participations, most=most)


def cities(found: Report, most: int = 0) -> list[Bar]:
    merged = small_groups_merged(found.cities, "Autres communes")
    return bars(merged, total=found.participations, most=most, others="Autres communes")


def modalities(found: Report) -> list[Bar]:
    return bars(small_groups_merged(found.modalities, "Autres modalités"), total=found.participations)


def moments(found: Report, most: int = 0) -> list[Bar]:
    """As the week goes; when there are too many, the best attended first."""
    merged = small_groups_merged(found.hours, "Autres moments")
    if not most or len(merged) <= most:
        merged = in_order(merged)
    return bars(merged, total=found.participations, most=most, others="Autres moments")


def columns(found: Report, most_months: int = MOST_MONTHS) -> list[Column]:
    """By month without a gap, or by season when there would be too many."""
    if not found.lines:
        return []
    by_month = _by(found.lines, _month)
    first, last = min(by_month), max(by_month)
    if last - first < most_months:
        return _columns([(_month_label(key), by_month.get(key, [])) for key in range(first, last + 1)])
    by_season = _by(found.lines, lambda line: season_of(timezone.localdate(line.starts_at)))
    return _columns(
        [
            ((f"{key}-{key + 1}", ""), by_season.get(key, []))
            for key in range(min(by_season), max(by_season) + 1)
        ]
    )


def _by(
    lines: Iterable[SessionFigures], key: Callable[[SessionFigures], int]
) -> dict[int, list[SessionFigures]]:
    found: dict[int, list[SessionFigures]] = defaultdict(list)
    for line in lines:
        found[key(line)].append(line)
    return found


def _month(line: SessionFigures) -> int:
    day = timezone.localdate(line.starts_at)
    return day.year * 12 + day.month - 1


def _month_label(key: int) -> tuple[str, str]:
    return MONTHS[key % 12], str(key // 12)


def _columns(rows: Sequence[tuple[tuple[str, str], list[SessionFigures]]]) -> list[Column]:
    sums = [
        (label, len(lines), sum(x.participations for x in lines), sum(x.capacity for x in lines))
        for label, lines in rows
    ]
    highest = max(max(came, places) for _label, _sessions, came, places in sums) or 1
    return [
        Column(
            label,
            year,
            sessions,
            came,
            places,
            round(100 * came / highest, 1),
            round(100 * places / highest, 1),
        )
        for (label, year), sessions, came, places in sums
    ]
