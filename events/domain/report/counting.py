"""Counting: adding up what ``tallies`` says of each session, in a few queries whatever there is."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from events.domain.report import satisfaction
from events.domain.report.figures import UNKNOWN_PROFESSION, Report, SessionFigures
from events.domain.report.groups import Group, by_size
from events.domain.report.satisfaction import Surveys
from events.domain.report.tallies import Tally, by_profession, tallies
from events.domain.survey import FLOOR
from events.models import ActivityPage, Session
from members.professions import Profession

UNKNOWN_CITY = "Non renseignée"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def report(
    *, activities: Iterable[ActivityPage], since: date | None = None, until: date | None = None
) -> Report:
    """The figures of the published sessions that began from ``since`` to ``until``, both days included."""
    ids = [activity.pk for activity in activities]
    return count(activities=ids, since=since, until=until, surveys=satisfaction.collect(ids))


def count(*, activities: Collection[int], since: date | None, until: date | None, surveys: Surveys) -> Report:
    started = begun(activities, since, until)
    held = started.filter(status=Session.Status.PUBLISHED)
    lines = _lines(held)
    found = tallies(held, pks=lines)
    _tell(lines, found)
    groups = _Grouping(list(lines.values()), found)
    settled = [line for line in lines.values() if line.settled]
    mean, ratings = satisfaction.mean(surveys, lines)
    presences = {pk: line.participations for pk, line in lines.items()}
    return replace(
        _people(found.values()),
        cancelled=started.filter(status=Session.Status.CANCELLED).count(),
        **_sums(lines.values()),
        expected=sum(line.confirmed for line in settled),
        absent=sum(line.no_show or 0 for line in settled),
        satisfaction=mean,
        ratings=ratings,
        answers=satisfaction.received(surveys, lines),
        asked=satisfaction.asked(surveys, presences),
        cities=by_size(groups.by(_city)),
        modalities=by_size(groups.by(_modality)),
        hours=groups.by(_moment),
        lines=list(lines.values()),
    )


def held_lines(held: QuerySet[Session]) -> dict[int, SessionFigures]:
    """The sessions ``held``, each with its places, its hours and who came: two queries, or a few."""
    lines = _lines(held)
    _tell(lines, tallies(held, pks=lines, people=False))
    return lines


def begun(activities: Collection[int], since: date | None, until: date | None) -> QuerySet[Session]:
    begun = Session.objects.filter(activity__in=activities, starts_at__lte=timezone.now()).order_by()
    if since:
        begun = begun.filter(starts_at__gte=_midnight(since))
    if until:
        begun = begun.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    return begun


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(held: QuerySet[Session]) -> dict[int, SessionFigures]:
    settled = _whether(Q(completed_at__isnull=False))
    to_close = _whether(Q(completed_at__isnull=True, ends_at__lte=timezone.now()))
    rows = held.order_by("starts_at", "pk").values_list(
        "pk", "title", "activity", "starts_at", "city", "modality", "capacity", settled, to_close
    )
    return {row[0]: SessionFigures(*row) for row in rows}


def _whether(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _tell(lines: dict[int, SessionFigures], found: dict[int, Tally]) -> None:
    for pk, line in lines.items():
        tally = found[pk]
        line.registrations, line.confirmed, line.withdrawn = tally[1:4]
        line.waited, line.unseated, line.minutes, line.attended, line.participations = tally[4:9]


def _sums(lines: Collection[SessionFigures]) -> dict[str, Any]:
    def total(name: str) -> int:
        return sum(map(attrgetter(name), lines))

    return {
        "sessions": len(lines),
        "places": total("capacity"),
        "registrations": total("registrations"),
        "withdrawn": total("withdrawn"),
        "waited": total("waited"),
        "unseated": total("unseated"),
        "minutes_offered": total("minutes"),
        "minutes_attended": total("attended"),
    }


def _people(found: Collection[Tally]) -> Report:
    """Who came, of each profession and of all: the only figures that sessions do not add up to."""
    labels = dict(Profession.choices)
    people: dict[str, set[int]] = defaultdict(set)
    numbers: dict[str, int] = defaultdict(int)
    times: Counter[int] = Counter()
    for profession, came in by_profession(found).items():
        label = labels.get(profession, UNKNOWN_PROFESSION)
        numbers[label] += len(came)
        people[label].update(came)
        times.update(came)
    return Report(
        sessions=0,
        places=0,
        participations=sum(numbers.values()),
        participants=len(times),
        returning=sum(number > 1 for number in times.values()),
        women=sum(tally.women for tally in found),
        with_civility=sum(tally.with_civility for tally in found),
        member_participations=sum(tally.members for tally in found),
        absent=0,
        withdrawn=0,
        satisfaction=None,
        ratings=0,
        professions=by_size(
            Group(label, number, len(people[label]), people=frozenset(people[label]))
            for label, number in numbers.items()
        ),
    )


# The key under which sessions are put together, and its words.
Key = tuple[tuple[int, ...], str]


def _city(line: SessionFigures) -> Key:
    if line.modality == Session.Modality.ONLINE:
        return (), "À distance"
    return (), " ".join(line.city.split()) or UNKNOWN_CITY


def _modality(line: SessionFigures) -> Key:
    return (), str(Session.Modality(line.modality).label)


def _moment(line: SessionFigures) -> Key:
    begins = timezone.localtime(line.starts_at, timezone.get_default_timezone())
    return (begins.weekday(), begins.hour), f"{WEEKDAYS[begins.weekday()]}, {begins.hour}\N{NO-BREAK SPACE}h"


@dataclass(frozen=True)
class _Grouping:
    """Sessions put together. A session of five people makes its group safe; the others are looked at."""

    lines: list[SessionFigures]
    tallies: dict[int, Tally]

    def by(self, key: Callable[[SessionFigures], Key]) -> list[Group]:
        found: dict[Key, list[SessionFigures]] = defaultdict(list)
        for line in self.lines:
            found[key(line)].append(line)
        return [self._group(key, lines) for key, lines in found.items()]

    def _group(self, key: Key, lines: list[SessionFigures]) -> Group:
        order, label = key
        most = max(line.participations for line in lines)
        who: frozenset[int] = frozenset()
        if most < FLOOR:
            who = frozenset().union(*(self.tallies[line.pk].came() for line in lines))
        return Group(
            label,
            participations=sum(line.participations for line in lines),
            participants=len(who) or most,
            sessions=len(lines),
            order=order,
            people=who,
        )
