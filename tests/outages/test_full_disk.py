"""A SQLite on a small disk of its own that really fills up."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections

from tests import databases
from tests.factories import make_session
from tests.outages.visitors import WITHIN, Answers, get, post, serve

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="fills the disk of a SQLite"),
]
ROOM = 4_000_000  # bytes beside the database


@pytest.fixture
def session() -> int:
    return make_session(capacity=10_000).pk


@pytest.fixture
def disk(session: int, tmp_path: Path) -> Iterator[Path]:
    """A disk in memory, with a copy of the database on it."""
    connections.close_all()
    origin = Path(connection.settings_dict["NAME"])
    disk = tmp_path / "disk"
    disk.mkdir()
    options = f"size={origin.stat().st_size + ROOM}"
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk needs root, and a machine that allows it")
    try:
        with closing(sqlite3.connect(origin)) as source, closing(sqlite3.connect(disk / "db")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            assert shutil.disk_usage(disk).free < 4096
    return filler


def assert_whole(disk: Path, session: int, answers: Answers) -> None:
    with closing(sqlite3.connect(disk / "db")) as own:
        assert own.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = own.execute("SELECT email FROM events_registration WHERE session_id=?", [session])
        stored = [row[0] for row in rows]
        taken = own.execute("SELECT seats_taken FROM events_session WHERE id=?", [session]).fetchone()[0]
        told = own.execute("SELECT count(DISTINCT registration_id) FROM events_message").fetchone()[0]
    assert sorted(stored) == sorted(answers.acknowledged)
    assert taken == told == len(stored)


def test_a_disk_that_is_full_is_said_and_heals_once_there_is_room(
    disk: Path, session: int, tmp_path: Path
) -> None:
    answers = Answers()
    stand = serve(tmp_path, databases.sqlite_url(disk / "db"))
    try:
        post(stand.port, session, "before@example.org", answers)
        filler = fill(disk)
        for number in range(100):  # the log of SQLite has some room of its own
            post(stand.port, session, f"meanwhile-{number}@example.org", answers)
            if answers.statuses[-1][1] != 302:
                break
        assert answers.statuses[-1][1] == 503
        assert get(stand.port, f"/sessions/{session}/", Cookie="sessionid=x").status == 200
        assert_whole(disk, session, answers)
        filler.unlink()
        back = time.monotonic()
        post(stand.port, session, "after@example.org", answers)
        assert answers.statuses[-1][1] == 302
        assert time.monotonic() - back < WITHIN
        assert_whole(disk, session, answers)
    finally:
        stand.end("")
