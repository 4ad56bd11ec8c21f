"""Five hundred visitors, thirty-two at a time: form page, form posted, page that says what came of it.

``burst``: a hundred seats, the others wait. ``open``: seats for all. The floor is visited by as many
people with as many requests, by turns with Escale. ``burst_p95_ms`` is the 95th percentile of what a
visitor waits for between posting the form and its answer, all thirty-two at work; the p95 of the whole
visit is told beside it. An error is a visitor who does not see the page of an outcome, and anything that
the database does not hold afterwards: a registration, a seat that stays empty, a message that is owed.
"""

from collections import Counter
from statistics import median

from django.db.models import Count

from events.models import Message, Registration, Session
from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle, percentile, ratio
from tests.benchmarks.load import Told, loading
from tests.factories import make_home, make_session

VISITORS, SEATS, AT_ONCE = 500, 100, 32
State = Registration.State


def burst(visitors: int = VISITORS, seats: int = SEATS, rounds: int = ROUNDS) -> Figures:
    ours, bare, sessions, busy = _by_turns(visitors, seats, rounds)
    spans = [[visit["post_s"] for visit in told.visits if "post_s" in visit] for told in ours]
    visits = [[visit["visit_s"] for visit in told.visits] for told in ours]
    wrong = [_wrong(session, visitors) for session in sessions]
    answered = [_answered(told) for told in ours]
    floors = [_answered(told) for told in bare]
    return Figures(
        {
            "burst_oversold": sum(_oversold(session) for session in sessions),
            "burst_errors": sum(len(told.errors) for told in ours)
            + sum(sum(each.values()) for each in wrong),
            "burst_p95_ms": middle([percentile(each, 0.95) * 1000 for each in spans]),
            "burst_floor_ratio": ratio(answered, floors),
        },
        [
            *_told("visiteurs/s", answered, floors),
            busy,
            f"visite entière, p95 : {median(percentile(each, 0.95) for each in visits) * 1000:.0f} ms",
            *_where(ours, "Escale"),
            *_where(bare, "socle"),
            *(f"erreurs : {Counter(told.errors)}" for told in [*ours, *bare] if told.errors),
            *(f"base : {each}" for each in wrong if any(each.values())),
        ],
    )


def open_(visitors: int = VISITORS, rounds: int = ROUNDS) -> Figures:
    ours, bare, sessions, busy = _by_turns(visitors, visitors, rounds)
    answered = [_answered(told) for told in ours]
    floors = [_answered(told) for told in bare]
    wrong = [_wrong(session, visitors) for session in sessions]
    return Figures(
        {"open_per_s": middle(answered), "open_floor_ratio": ratio(answered, floors)},
        [
            *_told("visiteurs/s", answered, floors),
            busy,
            *_where(ours, "Escale"),
            *(f"erreurs : {Counter(told.errors)}" for told in [*ours, *bare] if told.errors),
            *(f"base : {each}" for each in wrong if any(each.values())),
        ],
    )


def _by_turns(visitors: int, seats: int, rounds: int) -> tuple[list[Told], list[Told], list[Session], str]:
    """The first session of each is to warm the servers up; the floor numbers its sessions from one.

    The last of what is returned says how long the processors worked for a visit.
    """
    make_home()
    warming, *sessions = [make_session(capacity=seats) for _ in range(rounds + 1)]
    ours, bare = [], []
    with server.floor([seats] * (rounds + 1)) as plain, server.escale() as escale, loading() as load:
        load.rush(plain.port, "register_bare", [(1, f"w{n}") for n in range(AT_ONCE)], at_once=AT_ONCE)
        load.rush(escale.port, "register", [(warming.pk, f"w{n}") for n in range(AT_ONCE)], at_once=AT_ONCE)
        idle, idle_bare = escale.busy(), plain.busy()
        for turn, session in enumerate(sessions, 2):
            crowd = [(turn, f"{turn}.{n}") for n in range(visitors)]
            bare.append(load.rush(plain.port, "register_bare", crowd, at_once=AT_ONCE))
            crowd = [(session.pk, f"{turn}.{n}") for n in range(visitors)]
            ours.append(load.rush(escale.port, "register", crowd, at_once=AT_ONCE))
        spent, spent_bare = escale.busy() - idle, plain.busy() - idle_bare
    each, each_bare = (seconds * 1000 / visitors / rounds for seconds in (spent, spent_bare))
    return ours, bare, sessions, f"calcul par visite : {each:.1f} ms ; socle : {each_bare:.1f} ms"


def _answered(told: Told) -> float:
    return (len(told.visits) - len(told.errors)) / told.seconds


def _oversold(session: Session) -> int:
    return max(0, session.registrations.filter(state=State.CONFIRMED).count() - session.capacity)


def _wrong(session: Session, visitors: int) -> dict[str, int]:
    """What the database does not hold although it should."""
    states = Counter(session.registrations.values_list("state", flat=True))
    seated = min(visitors, session.capacity)
    told = Message.objects.filter(session=session).values("registration").annotate(Count("pk"))
    return {
        "inscriptions": abs(visitors - sum(states.values())),
        "places vides": max(0, seated - states[State.CONFIRMED]),
        "en attente": abs(visitors - seated - states[State.WAITLISTED]),
        "messages": abs(visitors - told.count()),
    }


def _told(unit: str, ours: list[float], floors: list[float]) -> list[str]:
    return [f"{unit} : {apart(ours)} ; socle : {apart(floors)}"]


def _where(rounds: list[Told], name: str) -> list[str]:
    """The median of what each of the three requests takes."""
    steps = {"page": "page_s", "envoi": "post_s", "suite": "outcome_s"}
    found = {
        label: [visit[key] for told in rounds for visit in told.visits if key in visit]
        for label, key in steps.items()
    }
    said = ", ".join(f"{label} {median(spans) * 1000:.0f}" for label, spans in found.items() if spans)
    return [f"{name}, médianes en ms : {said}"]
