"""Somebody holds the database for twenty seconds: told after ten, read all along, healed at once.

With the patience that a web server has by itself: a minute, so ``make outages`` asks for it.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from events.domain.upkeep import wrong_counters
from events.models import Registration
from tests import databases
from tests.factories import make_session
from tests.outages.visitors import WITHIN, crowd, get, serve

HELD = float(os.environ.get("ESCALE_LOCK_SECONDS", "0"))
PATIENCE, LATE = 10, 4  # seconds: of the settings; what a busy machine adds
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not HELD, reason="takes a minute: make outages"),
]


@contextmanager
def held() -> Iterator[None]:
    """Another program writes to what registrations write to, for as long as the block lasts."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(settings["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        return
    place = {"host": settings["OPTIONS"]["host"], "user": "postgres", "dbname": settings["NAME"]}
    with psycopg.connect(**place) as holder:
        holder.execute("LOCK TABLE events_session, events_registration IN EXCLUSIVE MODE")
        yield


def test_a_database_locked_for_twenty_seconds(tmp_path: Path) -> None:
    session = make_session(capacity=10_000).pk
    stand = serve(tmp_path, databases.url(connection.settings_dict))
    reads: list[tuple[int, float]] = []
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.5):
            began = time.monotonic()
            page = get(stand.port, f"/sessions/{session}/", Cookie="sessionid=x")
            reads.append((page.status, time.monotonic() - began))

    reader = threading.Thread(target=read)
    try:
        get(stand.port, f"/sessions/{session}/", Cookie="sessionid=x")
        with held():
            began = time.monotonic()
            reader.start()
            with crowd(stand.port, session, people=2) as answers:
                time.sleep(HELD)
                over.set()
                reader.join()
                lasted = time.monotonic() - began
                assert set(answers.counted()) == {503}
                said = answers.since(began, 503)
        back = time.monotonic()
        with crowd(stand.port, session, people=2) as after:
            while not after.since(back, 302) and time.monotonic() < back + 60:
                time.sleep(0.05)
        healed = after.since(back, 302)
    finally:
        over.set()
        stand.end("")
    slowest = max(seconds for _status, seconds in reads)
    print(f"{connection.vendor}: {lasted=:.1f} {said=:.1f} {healed=:.2f} reads={len(reads)} {slowest=:.2f}")
    assert said is not None
    assert PATIENCE - 1 < said < PATIENCE + LATE
    assert {status for status, _seconds in reads} == {200}
    assert slowest < WITHIN
    assert healed is not None
    assert healed < WITHIN
    acknowledged = {*answers.acknowledged, *after.acknowledged}
    assert set(Registration.objects.values_list("email", flat=True)) == acknowledged
    assert wrong_counters() == []
