"""Sixteen devices, each with a room of thirty, send their marks one by one through the phone's own endpoint.

All have opened their sheet before the first mark is sent: opening one is not a mark.

Trainers are signed in with both factors, by a session prepared in the database. The floor takes as many
marks, one update each, from whoever asks.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from events.domain.sessions import SlotTimes
from events.models import ActivityPage, Attendance, Registration, Session, SessionRole
from members.models import User
from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle, percentile, ratio
from tests.benchmarks.load import Load, Told, loading
from tests.factories import make_activity, make_home, make_session, make_user

ROOMS, PEOPLE = 16, 30
State = Attendance.State
# Each round notes everybody twice, from what the round before left.
NOTED = (State.PRESENT.value, State.LATE.value)


def checkins(rooms: int = ROOMS, people: int = PEOPLE, rounds: int = ROUNDS) -> Figures:
    make_home()
    activity = make_activity()
    ours: list[tuple[Any, ...]] = [_room(activity, people) for _ in range(rooms)]
    theirs = [(list(range(n * people + 1, (n + 1) * people + 1)),) for n in range(rooms)]
    marks, floors, spans, problems = [], [], [], []
    seen = ""
    marked = rooms * people
    with server.floor([marked], marked) as plain, server.escale() as escale, loading() as load:
        for turn in range(rounds + 1):  # the first is to warm up
            states = (seen, *NOTED)
            bare = _all_at_once(load, plain.port, "tap_bare", [(*each, states) for each in theirs])
            sheets = _all_at_once(load, escale.port, "open_sheet", [(slot, jar) for slot, jar, _ in ours])
            opened = {visit["slot"]: visit["opened"] for visit in sheets.visits if "opened" in visit}
            rooms_open = [(slot, opened[slot], people, states) for slot, _, people in ours if slot in opened]
            told = _all_at_once(load, escale.port, "tap", rooms_open)
            seen = NOTED[-1]
            problems += [*bare.errors, *sheets.errors, *told.errors]
            if turn:
                floors.append(_per_second(bare))
                marks.append(_per_second(told))
                spans += [span for visit in told.visits for span in visit.get("spans", ())]
    return Figures(
        {"checkin_per_s": middle(marks), "checkin_floor_ratio": ratio(marks, floors)},
        [
            f"pointages/s : {apart(marks)} ; socle : {apart(floors)}",
            f"p95 d’un pointage : {percentile(spans or [0.0], 0.95) * 1000:.0f} ms ({rooms} appareils)",
            *(f"erreur : {problem}" for problem in problems[:3]),
        ],
    )


def _all_at_once(load: Load, port: int, script: str, facts: list[tuple[Any, ...]]) -> Told:
    return load.rush(port, script, facts, at_once=len(facts))


def _per_second(told: Told) -> float:
    visits = [visit for visit in told.visits if "begin" in visit]
    if not visits:
        return 0.0
    seconds = max(visit["end"] for visit in visits) - min(visit["begin"] for visit in visits)
    return sum(visit["marks"] for visit in visits) / float(seconds)


def _room(activity: ActivityPage, people: int) -> tuple[int, str, list[int]]:
    """A slot that has begun, the cookie of who leads it, and who is expected."""
    now, trainer = timezone.now(), make_user()
    times = [SlotTimes(now - timedelta(hours=1), now + timedelta(hours=1))]
    session = make_session(activity, slots=times, capacity=people)
    SessionRole.objects.create(session=session, user=trainer, name="Une sophrologue")
    users = User.objects.bulk_create(
        User(email=f"salle{session.pk}.{n}@example.org", password="!") for n in range(people)
    )
    came = Registration.objects.bulk_create(_confirmed(session, user) for user in users)
    Session.objects.filter(pk=session.pk).update(seats_taken=people)
    client = Client()
    client.force_login(trainer)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    slot = session.slots.get()
    return slot.pk, f"{settings.SESSION_COOKIE_NAME}={cookie}", [each.pk for each in came]


def _confirmed(session: Session, user: User) -> Registration:
    now = timezone.now()
    return Registration(
        session=session,
        user=user,
        state=Registration.State.CONFIRMED,
        first_name="Camille",
        last_name=f"Martin{user.pk}",
        email=user.email,
        profession="60",
        registered_at=now,
        state_changed_at=now,
    )
