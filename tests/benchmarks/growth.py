"""What a page, a list, a report or a job costs as what it does not show grows ten times.

``python -m tests.benchmarks growth`` makes four things grow in turn, beside an organisation that stays as it
is: the other organisations, their sessions, their registrations (with messages, journal, presences and
certificates), and what the organisation itself did in years before. Cost is processor time, ours and that of
PostgreSQL’s process, the least of several; and statements. ``build/growth-<engine>-<what>.json`` and
``build/growth-<engine>.png`` keep what was found; docs/croissance.md tells it. ``GROWTH=inscriptions``
measures one of the four again.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.core.cache import cache
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests import databases
from tests.benchmarks import growth_plot
from tests.benchmarks.growth_acts import acts_on
from tests.benchmarks.growth_rows import NOTHING, Size, grow, settle
from tests.databases import ROOT

STEPS, TIMES, LONG = (1, 3, 10), 4, 2.0  # what lasts longer, in seconds, is measured twice
FIRST = Size()
WAYS: dict[str, Callable[[int], Size]] = {
    "structures": lambda step: replace(FIRST, organisations=FIRST.organisations * step),
    "sessions": lambda step: replace(FIRST, sessions=FIRST.sessions * step),
    "inscriptions": lambda step: replace(FIRST, registrations=FIRST.registrations * step),
    "annees": lambda step: replace(FIRST, before=FIRST.before * step),
}
SAID: dict[str, Callable[[Size], str]] = {
    "structures": lambda size: f"{size.organisations} structures",
    "sessions": lambda size: f"{size.sessions:_} sessions",
    "inscriptions": lambda size: f"{size.registrations:_} inscriptions",
    "annees": lambda size: f"{size.before} séances passées",
}
# What grows → family → what → milliseconds, one a step; and the same of statements.
Found = dict[str, dict[str, dict[str, list[float]]]]


def growth() -> list[str]:
    """Each way’s figures are kept as soon as they are found; the plot tells of all that are kept."""
    engine = "sqlite" if connection.vendor == "sqlite" else "postgresql"
    for way in os.environ.get("GROWTH", "").split() or WAYS:
        costs, statements = _grown(WAYS[way])
        found = {"milliseconds": costs, "statements": statements}
        _kept(engine, way).write_text(json.dumps(found, ensure_ascii=False, indent=1))
    known = {way: json.loads(_kept(engine, way).read_text()) for way in WAYS if _kept(engine, way).exists()}
    costs_of = {way: found["milliseconds"] for way, found in known.items()}
    sizes = {way: [(step, SAID[way](WAYS[way](step)).replace("_", " ")) for step in STEPS] for way in known}
    growth_plot.draw(costs_of, sizes, ROOT / "build" / f"growth-{engine}.png", connection.display_name)
    return _told(costs_of, {way: found["statements"] for way, found in known.items()})


def _kept(engine: str, way: str) -> Path:
    return ROOT / "build" / f"growth-{engine}-{way.replace('é', 'e')}.json"


def _grown(size: Callable[[int], Size]) -> tuple[dict[str, dict[str, list[float]]], ...]:
    connections.close_all()
    databases.restore(connection.settings_dict)
    cache.clear()
    town, had = settle(), NOTHING
    acts = acts_on(town)
    costs: dict[str, dict[str, list[float]]] = {
        family: {name: [] for name in acts[family]} for family in acts
    }
    statements = {family: {name: list[float]() for name in acts[family]} for family in acts}
    for step in STEPS:
        grow(town, had, size(step))
        had = size(step)
        for family, named in acts.items():
            for name, act in named.items():
                spent, asked = _cost(act)
                costs[family][name].append(round(spent, 2))
                statements[family][name].append(asked)
    return costs, statements


def _told(costs: Found, statements: Found) -> list[str]:
    told = []
    for way, families in costs.items():
        told.append(f"── {way} × {STEPS[-1]}")
        for family, acts in families.items():
            for name, spans in acts.items():
                ratio = spans[-1] / spans[0]
                mark = "  ← grandit" if ratio > growth_plot.GROWS else ""
                times = " · ".join(f"{span:.1f}" for span in spans)
                asked = " · ".join(str(number) for number in statements[way][family][name])
                told.append(f"{name:<34} {times:>26} ms  × {ratio:.1f}   {asked} requêtes{mark}")
    return told


def _cost(act: Callable[[], object]) -> tuple[float, int]:
    spans: list[float] = []
    while len(spans) <= TIMES and not (len(spans) > 1 and sum(spans) > LONG * 1000):
        cache.clear()
        begin = _busy()
        act()
        spans.append((_busy() - begin) * 1000)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        act()
    return min(spans[1:]), len(queries)


def _busy() -> float:
    """Seconds of processor, whatever else the machine does."""
    spent = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent += int(schedule.read_text().split()[0]) / 1e9
    return spent
