"""From the database of the previous release to today's, cut with -9 on the way: the same schema, nobody lost.

``make upgrade-path`` cuts many times, and also from an empty database, where every migration is met.
"""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tests import databases
from tests.operations import releases

KILLS = int(os.environ.get("ESCALE_KILLS", "1"))
FROM_NOTHING = bool(os.environ.get("ESCALE_FROM_NOTHING"))
# Wagtail's, of a new installation only. Cut between two of its operations it cannot be begun again; nobody
# has written anything by then, and the installation begins with an empty database.
NOT_ATOMIC = {("wagtailcore", "0070_rename_pagerevision_revision")}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A database of its own, that no Django of this process has open."""
    origin = settings.DATABASES["default"]
    is_sqlite = origin["ENGINE"].endswith("sqlite3")
    name = str(tmp_path / "upgraded.sqlite3") if is_sqlite else f"upgraded_{os.getpid()}"
    made = {**origin, "NAME": name, "OPTIONS": origin.get("OPTIONS", {})}
    yield made
    databases.remove(made)


def _copy(database: dict[str, Any], origin: str) -> None:
    databases.restore(database, origin)


def _cut(url: str, seconds: float) -> None:
    """Begin to migrate, and kill it after so long."""
    begun = subprocess.Popen(
        releases.command("migrate", "--noinput", "--verbosity=0"),
        cwd=releases.ROOT,
        env=releases.environment(url),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            begun.wait(timeout=seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(begun.pid, signal.SIGKILL)
        begun.wait(timeout=30)


def _is_stuck(database: dict[str, Any]) -> bool:
    """Whether the last cut was within ``NOT_ATOMIC``: its table is renamed, and it is not noted as done."""
    noted = "SELECT 1 FROM django_migrations WHERE name = '0070_rename_pagerevision_revision'"
    tables = releases.tables(databases.url(database))
    renamed = "wagtailcore_revision" in tables and "wagtailcore_pagerevision" not in tables
    return renamed and not releases.ask(databases.url(database), noted)


def _empty(database: dict[str, Any]) -> None:
    databases.remove(database)
    if not database["ENGINE"].endswith("sqlite3"):
        databases.create_empty(database)


def _finish(url: str) -> None:
    done = releases.manage(url, "migrate", "--noinput", "--verbosity=0")
    assert done.returncode == 0, done.stderr[-2000:]


def _todays_schema(database: dict[str, Any]) -> list[str]:
    return releases.schema(databases.url({**database, "NAME": databases.template(database)}))


def test_a_database_of_the_previous_release_comes_up_to_date_though_it_is_cut_on_the_way(
    database: dict[str, Any],
) -> None:
    _copy(database, releases.previous(database))
    url = databases.url(database)
    before = releases.counted(url)
    assert before["events_registration"] == releases.PEOPLE

    for _ in range(KILLS):
        _cut(url, random.uniform(0.5, 5))
    _finish(url)

    assert releases.counted(url) == before
    assert releases.schema(url) == _todays_schema(database)
    said = releases.manage(url, "check_counters")
    assert said.returncode == 0, said.stderr[-2000:]


@pytest.mark.skipif(not FROM_NOTHING, reason="long: make upgrade-path")
def test_every_migration_may_be_cut_and_begun_again(database: dict[str, Any]) -> None:
    _empty(database)
    url = databases.url(database)
    started = time.monotonic()
    for _ in range(KILLS):
        _cut(url, random.uniform(3, 12))
        if _is_stuck(database):
            assert releases.ask(url, "SELECT count(*) FROM members_user") == [(0,)]
            _empty(database)
        if time.monotonic() - started > 900:
            break
    _finish(url)
    assert releases.schema(url) == _todays_schema(database)
    if database["ENGINE"].endswith("sqlite3"):
        with closing(sqlite3.connect(database["NAME"])) as sound:
            assert sound.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.one_engine
def test_every_migration_is_done_whole_or_not_at_all() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    loose = {key for key, migration in loader.disk_migrations.items() if not migration.atomic}
    assert loose == NOT_ATOMIC


@pytest.mark.one_engine
def test_the_previous_release_names_migrations_that_exist_in_each_of_our_applications() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {app for app, _name in loader.disk_migrations if (releases.ROOT / app).is_dir()}
    ours |= {app for app, _name in loader.disk_migrations if (releases.ROOT / "site" / app).is_dir()}
    assert {app for app, _name in releases.targets()} == ours
    assert set(releases.targets()) <= set(loader.disk_migrations)


@pytest.mark.skipif(not FROM_NOTHING, reason="long: make upgrade-path")
def test_a_new_installation_cut_within_wagtails_loose_migration_is_known(database: dict[str, Any]) -> None:
    _empty(database)
    url = databases.url(database)
    [(app, name)] = NOT_ATOMIC
    assert releases.manage(url, "migrate", app, "0069", "--verbosity=0").returncode == 0
    assert not _is_stuck(database)
    _rename(url)
    assert _is_stuck(database)
    assert releases.manage(url, "migrate", app, name, "--verbosity=0").returncode != 0
    _empty(database)
    _finish(url)
    assert not _is_stuck(database)


def _rename(url: str) -> None:
    """What the migration's first operation does."""
    sql = "ALTER TABLE wagtailcore_pagerevision RENAME TO wagtailcore_revision"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as cut:
            cut.execute(sql)
        return
    import psycopg

    with psycopg.connect(url) as held:
        held.execute(sql)
