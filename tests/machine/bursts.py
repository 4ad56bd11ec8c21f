"""Rushes: more people than seats register, and some leave, at the same instant and from several processes.

``python -m tests.machine.bursts --engine postgresql --bursts 1000`` (``make bursts``). After each of them
nobody is oversold, no seat is empty while somebody waits, and everybody was told what they were answered.
The processes are warm and kept: a barrier opens each rush.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 8
# Of a rush: those who are there before it, how many of them leave, and those who come.
SEATS, THERE, LEAVING, COMING = (1, 4), 6, (1, 4), 10


@dataclass
class Figures:
    bursts: int = 0
    people: int = 0
    left: int = 0
    waited: int = 0
    oversold: int = 0
    empty_seats: int = 0
    untold: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return bool(self.oversold or self.empty_seats or self.untold or self.errors)


def rush(database: dict[str, Any], *, bursts: int, processes: int = PROCESSES, seed: int = 1) -> Figures:
    """``database``: ``settings_dict`` of a database that others may open, with one activity at least."""
    from django.db import connections

    begin, figures, chance = time.monotonic(), Figures(), random.Random(seed)
    connections.close_all()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd", "pytest"])
    start, answers = context.Barrier(processes), context.Queue()
    inboxes = [context.Queue() for _ in range(processes)]
    crowd = [
        context.Process(target=_one_of_them, args=(database, inbox, start, answers), daemon=True)
        for inbox in inboxes
    ]
    for each in crowd:
        each.start()
    try:
        for number in range(bursts):
            _burst(number, chance, inboxes, answers, figures)
    finally:
        for inbox in inboxes:
            inbox.put(None)
        for each in crowd:
            each.join(timeout=30)
    figures.seconds = round(time.monotonic() - begin, 1)
    return figures


def _burst(number: int, chance: random.Random, inboxes: list[Any], answers: Any, figures: Figures) -> None:
    from events.domain.registration import register
    from tests.concurrency.acts import person
    from tests.factories import make_session

    session = make_session(_activity(), capacity=chance.randint(*SEATS), title=f"Ruée {number}")
    there = [register(session=session, person=person(i)).registration for i in range(THERE)]
    leaving = chance.sample(there, chance.randint(*LEAVING))
    acts = [("withdraw", each.pk) for each in leaving]
    acts += [("register", i) for i in range(THERE, THERE + COMING)]
    acts.append(("register", THERE))  # a double click
    chance.shuffle(acts)
    for rank, inbox in enumerate(inboxes):
        inbox.put((session.pk, acts[rank :: len(inboxes)]))
    for _ in inboxes:
        figures.errors += answers.get(timeout=300)
    figures.bursts += 1
    figures.people += THERE + COMING
    figures.left += len(leaving)
    _count(session.pk, figures)
    if figures.bursts % 100 == 0:
        print(figures, flush=True)


def _activity() -> Any:
    from events.models import ActivityPage
    from tests.factories import make_activity

    return ActivityPage.objects.first() or make_activity()


def _count(session_id: int, figures: Figures) -> None:
    """By the rows: who holds a seat, who waits, who was told."""
    from events.models import Message, Registration, Session

    session = Session.objects.get(pk=session_id)
    rows = list(Registration.objects.filter(session=session).values_list("pk", "state", "waited", "user"))
    states = Counter(state for _pk, state, *_ in rows)
    confirmed, waiting = states["confirmed"], states["waitlisted"]
    figures.waited += sum(waited for *_, waited, _user in rows)
    figures.oversold += max(0, confirmed - session.capacity)
    if (session.seats_taken, session.waiting) != (confirmed, waiting):
        figures.errors.append(f"{session}: counters {session.seats_taken}, {session.waiting} of {states}")
    if waiting:
        figures.empty_seats += max(0, session.capacity - confirmed)
    active = [user for _pk, state, _waited, user in rows if state in ("confirmed", "waitlisted")]
    if len(active) != len(set(active)) or len(rows) != THERE + COMING:
        figures.errors.append(f"{session}: {len(rows)} registrations of {len(set(active))} people")
    told = Message.objects.filter(registration__session=session).exclude(kind="already_registered")
    kinds: dict[int, list[str]] = {}
    for pk, kind in told.order_by("pk").values_list("registration", "kind"):
        kinds.setdefault(pk or 0, []).append(kind)
    figures.untold += sum(
        sorted(kinds.get(pk, [])) not in _stories(state, waited=waited) for pk, state, waited, _user in rows
    )


def _stories(state: str, *, waited: bool) -> list[list[str]]:
    """What somebody may have been told, sorted, to be where they are."""
    entered = ["waitlisted"] if waited else ["confirmed"]
    if state == "withdrawn":
        return [sorted([*entered, "withdrawn"]), sorted([*entered, *(["promoted"] * waited), "withdrawn"])]
    return [sorted([*entered, *(["promoted"] if waited and state == "confirmed" else [])])]


def _one_of_them(database: dict[str, Any], inbox: Any, start: Any, answers: Any) -> None:
    from tests.concurrency import crowd  # which sets Django up

    assert crowd
    from django.db import connections

    from events.domain.registration import register, withdraw
    from events.models import Registration, Session
    from tests.concurrency.acts import person

    connections["default"].settings_dict.update(database)
    connections["default"].ensure_connection()
    while (work := inbox.get()) is not None:
        session_id, acts = work
        found: list[str] = []
        session = Session.objects.select_related("activity").get(pk=session_id)
        start.wait(timeout=300)
        for what, key in acts:
            try:
                if what == "register":
                    register(session=session, person=person(key))
                else:
                    withdraw(registration=Registration.objects.get(pk=key))
            except Exception:  # noqa: BLE001  # whatever it is, it is counted and shown
                found.append(traceback.format_exc())
        answers.put(found)
    connections.close_all()


def main() -> int:
    parser = argparse.ArgumentParser(description="Des ruées vers la liste d’attente.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bursts", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=ROOT / "build", help="of the SQLite database")
    options = parser.parse_args()
    from tests.machine.soak import Work, prepare

    work = Work(prepare(options.engine), options.directory)
    work.fresh()
    try:
        figures = rush(work.settings, bursts=options.bursts, processes=options.processes, seed=options.seed)
    finally:
        work.close()
    said = {"engine": options.engine, "processes": options.processes, **asdict(figures)}
    (ROOT / "build" / f"bursts-{options.engine}.json").write_text(json.dumps(said, indent=2))
    print({**said, "errors": len(figures.errors)}, *figures.errors[:3], flush=True)
    return int(figures.failed)


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
