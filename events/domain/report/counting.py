"""Counting: a few grouped queries, whose number does not depend on how many rows there are."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from events.domain.report import satisfaction
from events.domain.report.figures import UNKNOWN_PROFESSION, Report, SessionFigures
from events.domain.report.groups import Group, by_size
from events.domain.report.satisfaction import Surveys
from events.domain.survey import FLOOR
from events.models import ActivityPage, Attendance, AttendanceSheet, Registration, Session, Slot
from events.models.attendance import CAME
from members.professions import Civility, Profession

State = Registration.State
NEVER_SEATED = (State.WAITLISTED, State.OFFERED, State.EXPIRED)
UNKNOWN_CITY = "Non renseignée"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# Beyond, the rest of a group is left uncounted: it is then shown as smaller than it is, never larger.
MOST_DOUBTFUL = 5_000


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
    _add_registrations(lines, held)
    _add_presences(lines, held)
    came = Registration.objects.filter(_presence(), session__in=held, state=State.CONFIRMED).order_by()
    groups = _Grouping(list(lines.values()), came)
    settled = [line for line in lines.values() if line.settled]
    mean, ratings = satisfaction.mean(surveys, lines)
    presences = {pk: line.participations for pk, line in lines.items()}
    return replace(
        _people(came),
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
    """The sessions ``held``, each with its places, its hours and who came: a few queries."""
    lines = _lines(held)
    _add_presences(lines, held)
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


def _presence() -> Exists:
    return Exists(Attendance.objects.filter(registration=OuterRef("pk"), state__in=CAME))


def _lines(held: QuerySet[Session]) -> dict[int, SessionFigures]:
    rows = held.order_by("starts_at", "pk").values_list(
        "pk", "title", "activity", "starts_at", "city", "modality", "capacity", "completed_at"
    )
    return {row[0]: SessionFigures(*row[:7], settled=row[7] is not None) for row in rows}


def _add_registrations(lines: dict[int, SessionFigures], held: QuerySet[Session]) -> None:
    never = Q(state__in=NEVER_SEATED)
    rows = (
        Registration.objects.filter(session__in=held)
        .order_by()
        .values_list("session")
        .annotate(
            registrations=Count("pk"),
            confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
            withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
            waited=Count("pk", filter=never | Q(waited=True)),
            unseated=Count("pk", filter=never),
        )
    )
    for pk, registrations, confirmed, withdrawn, waited, unseated in rows:
        if line := lines.get(pk):
            line.registrations, line.confirmed, line.withdrawn = registrations, confirmed, withdrawn
            line.waited, line.unseated = waited, unseated


def _add_presences(lines: dict[int, SessionFigures], held: QuerySet[Session]) -> None:
    """Hours, and who came: where a session has one slot, its presences are its participations.

    Hours attended are those of closed sheets, whose marks say the same as they.
    """
    marks = {slot: counted for slot, *counted in _marks(held)}
    slots = (
        Slot.objects.filter(session__in=held)
        .order_by()
        .values_list("pk", "session", "starts_at", "ends_at")
        .annotate(closed=Exists(AttendanceSheet.objects.filter(slot=OuterRef("pk"))))
    )
    numbers: dict[int, int] = defaultdict(int)
    for slot, pk, starts_at, ends_at, closed in slots:
        if line := lines.get(pk):
            present, whole, part = marks.get(slot, (0, 0, None))
            minutes = round((ends_at - starts_at).total_seconds() / 60)
            line.minutes += minutes
            line.attended += whole * minutes + (part or 0) if closed else 0
            line.participations += present
            numbers[pk] += 1
    if any(number > 1 for number in numbers.values()):
        _count_once(lines, held)


def _marks(held: QuerySet[Session]) -> Iterable[Sequence[Any]]:
    """Slot, who came and is confirmed, who came for all of it, minutes of the others."""
    rows = Attendance.objects.filter(slot__session__in=held, state__in=CAME).order_by()
    return rows.values_list("slot").annotate(
        came=Count("pk", filter=Q(registration__state=State.CONFIRMED)),
        whole=Count("pk", filter=Q(minutes=None)),
        part=Sum("minutes"),
    )


def _count_once(lines: dict[int, SessionFigures], held: QuerySet[Session]) -> None:
    """Whoever came to several slots of a session took part in it once."""
    slots = Slot.objects.filter(session__in=held).order_by().values("session")
    several = slots.annotate(number=Count("pk")).filter(number__gt=1).values("session")
    once = (
        Registration.objects.filter(_presence(), session__in=several, state=State.CONFIRMED)
        .order_by()
        .values_list("session")
        .annotate(people=Count("pk"))
    )
    for pk, people in once:
        if line := lines.get(pk):
            line.participations = people


def _sums(lines: Collection[SessionFigures]) -> dict[str, Any]:
    def total(name: str) -> int:
        return sum(getattr(line, name) for line in lines)

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


def _people(came: QuerySet[Registration]) -> Report:
    """Who came, from one line per person and profession."""
    labels = dict(Profession.choices)
    rows = came.values_list("user", "profession").annotate(
        participations=Count("pk"),
        women=Count("pk", filter=Q(civility=Civility.MME)),
        with_civility=Count("pk", filter=~Q(civility="")),
        members=Count("pk", filter=Q(is_member=True)),
    )
    times: dict[int, int] = defaultdict(int)
    numbers: dict[str, int] = defaultdict(int)
    people: dict[str, set[int]] = defaultdict(set)
    women = with_civility = members = 0
    for user, profession, participations, of_women, of_civility, of_members in rows:
        label = labels.get(profession, UNKNOWN_PROFESSION)
        times[user] += participations
        numbers[label] += participations
        people[label].add(user)
        women, with_civility, members = women + of_women, with_civility + of_civility, members + of_members
    return Report(
        sessions=0,
        places=0,
        participations=sum(times.values()),
        participants=len(times),
        returning=sum(number > 1 for number in times.values()),
        women=women,
        with_civility=with_civility,
        member_participations=members,
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
    begins = timezone.localtime(line.starts_at)
    return (begins.weekday(), begins.hour), f"{WEEKDAYS[begins.weekday()]}, {begins.hour}\N{NO-BREAK SPACE}h"


@dataclass(frozen=True)
class _Grouping:
    """Sessions put together. A session of five people makes its group safe; the others are looked at."""

    lines: list[SessionFigures]
    came: QuerySet[Registration]

    def by(self, key: Callable[[SessionFigures], Key]) -> list[Group]:
        found: dict[Key, list[SessionFigures]] = defaultdict(list)
        for line in self.lines:
            found[key(line)].append(line)
        doubtful = [
            line.pk
            for lines in found.values()
            if all(line.participations < FLOOR for line in lines)
            for line in lines
            if line.participations
        ]
        people = self._people(doubtful)
        return [self._group(key, lines, people) for key, lines in found.items()]

    def _people(self, sessions: list[int]) -> dict[int, set[int]]:
        people: dict[int, set[int]] = defaultdict(set)
        pairs = self.came.filter(session__in=sessions[:MOST_DOUBTFUL]).values_list("session", "user")
        for session, user in pairs:
            people[session].add(user)
        return people

    @staticmethod
    def _group(key: Key, lines: list[SessionFigures], people: dict[int, set[int]]) -> Group:
        order, label = key
        who: frozenset[int] = frozenset().union(*(people.get(line.pk, ()) for line in lines))
        return Group(
            label,
            participations=sum(line.participations for line in lines),
            participants=len(who) or max(line.participations for line in lines),
            sessions=len(lines),
            order=order,
            people=who,
        )
