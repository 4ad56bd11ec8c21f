"""What a report adds up, session by session: kept once the sheets are closed, counted from rows otherwise.

A kept tally is what ``counted`` said, and holds while no mark names its session: triggers of the database
write one with each change, so that no rule, import or erasure can forget to. Nothing is written while
somebody reads: ``refresh_due`` is a part of ``run_due``.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from events.models import (
    Attendance,
    AttendanceSheet,
    Registration,
    Session,
    SessionTally,
    Slot,
    TallyMark,
)
from events.models.attendance import CAME
from members.professions import Civility

State = Registration.State
NEVER_SEATED = (State.WAITLISTED, State.OFFERED, State.EXPIRED)
NUMBER = "Q"  # as an array packs the number of an account
SIZE = 8
# Beyond so many sessions, count all that is asked for: a list of their numbers would be too long.
FEW = 1_000
CONCERNED = Coalesce("session_id", "slot__session_id")
# Marks taken up at once, in one short transaction; and for how long a pass goes on.
PORTION, SECONDS = 200, 5.0


class Tally(NamedTuple):
    """As ``SessionTally`` keeps it; ``people`` is empty where nobody asked who came."""

    session_id: int
    registrations: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    waited: int = 0
    unseated: int = 0
    minutes: int = 0
    attended: int = 0
    participations: int = 0
    women: int = 0
    with_civility: int = 0
    members: int = 0
    professions: str = "[]"
    people: bytes = b""

    def came(self) -> "array[int]":
        """The accounts that came."""
        return unpacked(self.people)


NUMBERS, OF_REGISTRATIONS = Tally._fields[:-1], Tally._fields[1:6]


def unpacked(people: bytes) -> "array[int]":
    found = array(NUMBER)
    found.frombytes(people)
    return found


def by_profession(tallies: Iterable[Tally]) -> dict[str, "array[int]"]:
    """The accounts that came, once per participation."""
    parts: dict[str, list[memoryview]] = defaultdict(list)
    read: dict[str, list[tuple[str, int]]] = {}
    for tally in tallies:
        # The same few professions come again and again.
        if (lengths := read.get(tally.professions)) is None:
            lengths = read[tally.professions] = [
                (code, number * SIZE) for code, number in json.loads(tally.professions)
            ]
        people, start = memoryview(tally.people), 0
        for code, length in lengths:
            parts[code].append(people[start : start + length])
            start += length
    return {code: unpacked(b"".join(each)) for code, each in parts.items()}


def tallies(held: QuerySet[Session], *, pks: Collection[int], people: bool = True) -> dict[int, Tally]:
    """Those of ``pks``, which are the sessions of ``held``: one query for what is kept, four for the rest."""
    kept = _kept(held, people=people)
    found = {pk: kept[pk] for pk in pks if pk in kept}
    missing = [pk for pk in pks if pk not in found]
    if missing:
        rest = Session.objects.filter(pk__in=missing).order_by() if len(missing) <= FEW else held
        live = counted(rest)
        found |= {pk: live.get(pk) or Tally(pk) for pk in missing}
    return found


def _kept(held: QuerySet[Session], *, people: bool) -> dict[int, Tally]:
    """In one statement, which sees a change and its mark together or neither."""
    rows = SessionTally.objects.exclude(session__in=_marked("session")).exclude(
        session__in=_marked("slot__session")
    )
    rows = rows.filter(session__in=held).order_by()
    if people:
        return {row[0]: Tally._make(row) for row in rows.values_list(*Tally._fields).iterator(5_000)}
    return {row[0]: Tally(*row) for row in rows.values_list(*NUMBERS)}


def _marked(path: str) -> QuerySet[TallyMark, int]:
    return TallyMark.objects.filter(**{f"{path}__isnull": False}).values(path)


def counted(held: QuerySet[Session]) -> dict[int, Tally]:
    """From the rows as they are: four queries, whatever there is."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for pk, numbers in (*_registrations(held), *_hours(held), *_people(held)):
        found[pk] |= numbers
    return {pk: Tally(pk, **numbers) for pk, numbers in found.items()}


def _registrations(held: QuerySet[Session]) -> Iterator[tuple[int, dict[str, Any]]]:
    never = Q(state__in=NEVER_SEATED)
    rows = (
        Registration.objects.filter(session__in=held)
        .order_by()
        .values_list("session")
        .annotate(
            registrations=Count("pk"),
            confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
            withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
            waited_once=Count("pk", filter=never | Q(waited=True)),
            unseated=Count("pk", filter=never),
        )
    )
    for pk, *numbers in rows:
        yield pk, dict(zip(OF_REGISTRATIONS, numbers, strict=True))


def _hours(held: QuerySet[Session]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Hours attended are those of closed sheets, whose marks say the same as they."""
    rows = Attendance.objects.filter(slot__session__in=held, state__in=CAME).order_by()
    marks = {
        slot: (whole, part or 0)
        for slot, whole, part in rows.values_list("slot").annotate(
            whole=Count("pk", filter=Q(minutes=None)), part=Sum("minutes")
        )
    }
    slots = (
        Slot.objects.filter(session__in=held)
        .order_by()
        .values_list("pk", "session", "starts_at", "ends_at")
        .annotate(closed=Exists(AttendanceSheet.objects.filter(slot=OuterRef("pk"))))
    )
    hours: dict[int, tuple[int, int]] = {}
    for slot, pk, starts_at, ends_at, closed in slots:
        minutes = round((ends_at - starts_at).total_seconds() / 60)
        whole, part = marks.get(slot, (0, 0)) if closed else (0, 0)
        offered, attended = hours.get(pk, (0, 0))
        hours[pk] = offered + minutes, attended + whole * minutes + part
    for pk, (offered, attended) in hours.items():
        yield pk, {"minutes": offered, "attended": attended}


def _people(held: QuerySet[Session]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Who came: confirmed, and at least once present."""
    here = Attendance.objects.filter(slot__session=OuterRef("session"))
    presence = here.filter(registration=OuterRef("pk"), state__in=CAME)
    rows = (
        Registration.objects.filter(Exists(presence), session__in=held, state=State.CONFIRMED)
        .order_by()
        .values_list("session", "profession", "user", "civility", "is_member")
    )
    people: dict[int, dict[str, list[int]]] = {}
    shares: dict[int, list[int]] = {}
    for pk, profession, user, civility, is_member in rows.iterator(10_000):
        own = people.get(pk)
        if own is None:
            own, shares[pk] = people.setdefault(pk, {}), [0, 0, 0]
        own.setdefault(profession, []).append(user)
        share = shares[pk]
        share[0] += civility == Civility.MME
        share[1] += civility != ""
        share[2] += is_member
    for pk, own in people.items():
        women, with_civility, members = shares[pk]
        yield (
            pk,
            {
                "participations": sum(map(len, own.values())),
                "women": women,
                "with_civility": with_civility,
                "members": members,
                "professions": json.dumps([[code, len(own[code])] for code in sorted(own)]),
                "people": b"".join(array(NUMBER, sorted(own[code])).tobytes() for code in sorted(own)),
            },
        )


def refresh_due(*, seconds: float = SECONDS) -> int:
    """Count again what has changed, in short portions; returns how many tallies were written.

    One query when nothing has. What is left after ``seconds`` waits for the next pass.
    """
    until, done, last = monotonic() + seconds, 0, 0
    marks = TallyMark.objects.order_by("pk").values_list("pk", CONCERNED)
    while some := list(marks.filter(pk__gt=last)[:PORTION]):
        done += _refresh(some)
        last = some[-1][0]
        if monotonic() > until:
            break
    return done


@transaction.atomic
def _refresh(some: Sequence[tuple[int, int | None]]) -> int:
    """Never waits for anybody: what is being changed at this moment keeps its marks for the next pass.

    Two passes at once count the same session one after the other (its row is held), and a mark goes only
    with a count made after it was seen.
    """
    named = {session for _mark, session in some if session}
    marks = dict(some)
    for about in ({"session__in": named}, {"slot__in": Slot.objects.filter(session__in=named).order_by()}):
        marks |= dict(TallyMark.objects.filter(**about).values_list("pk", CONCERNED))
    complete = set(_complete(named).values_list("pk", flat=True))
    sessions = _held(complete)
    fresh = counted(Session.objects.filter(pk__in=sessions).order_by())
    SessionTally.objects.bulk_create(
        [SessionTally(**(fresh.get(pk) or Tally(pk))._asdict()) for pk in sorted(sessions)],
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=Tally._fields[1:],
    )
    SessionTally.objects.filter(session__in=named - complete).delete()
    over = {None} | sessions | (named - complete)  # None: a slot that is no more
    TallyMark.objects.filter(pk__in=[mark for mark, session in marks.items() if session in over]).delete()
    return len(sessions)


def _held(complete: set[int]) -> set[int]:
    """Those that nobody else holds, nor their tally."""
    rows = _complete(complete).select_for_update(no_key=True, skip_locked=True).order_by("pk")
    held = set(rows.values_list("pk", flat=True))
    stored = SessionTally.objects.filter(session__in=held).order_by("pk")
    free = set(stored.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return held - (set(stored.values_list("pk", flat=True)) - free)


def _complete(pks: Collection[int]) -> QuerySet[Session]:
    """All their sheets are closed: from now on they change seldom."""
    return Session.objects.filter(pk__in=pks, completed_at__isnull=False).order_by()
