"""Who waits for SQLite's lock takes it as soon as it is free, and is told when it never is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import OperationalError, connection, transaction

from common.outages import is_busy
from common.sqlite3 import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="holds a SQLite"),
]


@pytest.fixture
def holder() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def _patience() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


def test_the_lock_is_taken_at_the_first_look_after_it_is_free(
    holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 40:
            holder.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", sleep)
    before = _patience()
    with transaction.atomic():
        assert len(slept) == 40
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            holder.execute("PRAGMA busy_timeout=0").connection.execute("BEGIN IMMEDIATE")
    assert max(slept) <= base.LONGEST
    assert sorted(slept) != slept, "two who wait do not look at the same moments"
    assert _patience() == before > 0


def test_who_waited_long_enough_is_told_that_the_database_is_locked(
    holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.02)
    with pytest.raises(OperationalError, match="database is locked") as told, transaction.atomic():
        raise AssertionError("the lock is held")
    assert is_busy(told.value)
    monkeypatch.undo()
    holder.execute("ROLLBACK")
    with transaction.atomic():
        assert connection.in_atomic_block


def test_another_error_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    def sleep(_seconds: float) -> None:
        raise AssertionError("nothing to wait for")

    monkeypatch.setattr(base.time, "sleep", sleep)
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"), transaction.atomic():
        base._wait(connection.connection, "BEGIN IMMEDIATE", 1.0)
