"""Copying the database of either engine while the site is in use, and filling an empty one again."""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from common.durable import sync_directory
from common.errors import DomainError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MEMBERS = {SQLITE: "database.sqlite3.gz", POSTGRESQL: "database.dump"}
ASIDE = "escale_avant_restauration"
# Numbers skipped by a restoration: personal links hold the numbers of rows, and one that was given between
# the backup and the accident must never open the row of somebody else.
SKIPPED = 1_000_000
OLD_POSTGRESQL = (
    "La base ne se laisse pas mettre de côté : son propriétaire doit être le compte d’Escale, et sur "
    "PostgreSQL 14 ou avant il faut « ALTER SCHEMA public OWNER TO » ce compte."
)


def engine() -> str:
    return SQLITE if connection.vendor == "sqlite" else POSTGRESQL


def take(directory: Path) -> Path:
    """A consistent copy of everything committed before this call, checked, in ``directory``."""
    target = directory / MEMBERS[engine()]
    if engine() == POSTGRESQL:
        _pg(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--schema=public",
            f"--file={target}",
        )
        check(target)
        return target
    plain = directory / "database.sqlite3"
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(plain)])
    _check_sqlite(plain)
    with plain.open("rb") as source, gzip.open(target, "wb", compresslevel=3) as packed:
        shutil.copyfileobj(source, packed, 1 << 20)
    plain.unlink()
    return target


def check(dump: Path) -> None:
    """Refuse a copy of PostgreSQL that cannot be read."""
    if "TABLE DATA" not in _pg("pg_restore", "--list", str(dump), connects=False):
        raise DomainError("La copie de la base ne contient aucune table : elle n’est pas gardée.")


def unpack_sqlite(packed: Path, target: Path) -> None:
    with gzip.open(packed, "rb") as source, target.open("wb") as plain:
        shutil.copyfileobj(source, plain, 1 << 20)
    target.chmod(0o600)
    _check_sqlite(target)


def is_empty() -> bool:
    """Whether the configured database has no table, or nobody in it."""
    if engine() == SQLITE and not Path(connection.settings_dict["NAME"]).exists():
        return True
    if "members_user" not in connection.introspection.table_names():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM members_user)")
        return not cursor.fetchone()[0]


def triggers() -> list[str]:
    """The guards that the database itself holds, among them the journal's."""
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine() == SQLITE
        else "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(row[0] for row in cursor.fetchall())


def skip_numbers() -> None:
    """Give no number again that may have been given after the backup."""
    with connection.cursor() as cursor:
        if engine() == SQLITE:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [SKIPPED])
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%%AUTOINCREMENT%%'"
            )
            names = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT name FROM sqlite_sequence")
            names -= {row[0] for row in cursor.fetchall()}
            cursor.executemany(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [(n, SKIPPED) for n in names]
            )
            return
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, "
            "least(coalesce(last_value, 0) + %s, max_value)) FROM pg_sequences WHERE schemaname = 'public'",
            [SKIPPED],
        )


def refuse_if_used() -> None:
    """Nobody may write into what is about to be replaced."""
    busy = "La base est en service : arrêtez d’abord Escale (systemctl stop escale.target)."
    if engine() == SQLITE:
        path = Path(connection.settings_dict["NAME"])
        connection.close()
        if path.exists():
            try:
                # Leaving the write-ahead log needs to be alone; nothing is left in it then.
                with closing(sqlite3.connect(path, timeout=1)) as alone:
                    alone.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                raise DomainError(busy) from None
            except sqlite3.DatabaseError:
                return  # damaged: the reason why a backup is brought back
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise DomainError(busy)


@contextmanager
def filled(dump: Path, *, side: Path, kept: Path) -> Iterator[None]:
    """The database as ``dump`` has it, for the caller to finish; what fails leaves the former one as it was.

    SQLite: a file beside, which takes the place of the former one (moved to ``kept``) at the end. PostgreSQL:
    the former tables stand aside in a schema of their own, which goes at the end.
    """
    with _filled_sqlite(dump, side, kept) if engine() == SQLITE else _filled_postgresql(dump):
        yield


@contextmanager
def _filled_sqlite(dump: Path, side: Path, kept: Path) -> Iterator[None]:
    place = Path(connection.settings_dict["NAME"])
    unpack_sqlite(dump, side)
    connection.close()
    connection.settings_dict["NAME"] = str(side)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(place)
    with closing(sqlite3.connect(side)) as alone:
        alone.execute("PRAGMA journal_mode=DELETE")
    refuse_if_used()
    for suffix in ("", "-wal", "-shm"):
        if (former := Path(f"{place}{suffix}")).exists():
            former.rename(f"{kept}{suffix}")
    side.rename(place)
    sync_directory(place.parent)


@contextmanager
def _filled_postgresql(dump: Path) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ASIDE])
        if cursor.fetchone():  # a restoration was killed: what it set aside is the former database
            cursor.execute(f"DROP SCHEMA IF EXISTS public CASCADE; ALTER SCHEMA {ASIDE} RENAME TO public")
        try:
            cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}; CREATE SCHEMA public")
        except Exception as error:
            raise DomainError(OLD_POSTGRESQL) from error
    try:
        name = str(connection.get_connection_params()["dbname"])
        _pg("pg_restore", *RESTORE_OPTIONS, f"--dbname={name}", str(dump))
        connection.close()  # what it prepared names tables that are elsewhere now
        yield
    except BaseException:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA public CASCADE; ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


RESTORE_OPTIONS = (
    *("--no-owner", "--no-privileges", "--exit-on-error"),
    *("--single-transaction", "--schema=public"),
)


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
            broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        said, broken = str(error), None
    if said != "ok" or broken:
        raise DomainError("La copie de la base est abîmée : elle n’est pas gardée.")


def _pg(program: str, *options: str, connects: bool = True) -> str:
    """Run a tool of PostgreSQL; where to connect and with which password goes by its environment."""
    found = shutil.which(program)
    if found is None:
        raise DomainError(
            f"{program} manque : installez postgresql-client, de la version du serveur ou après."
        )
    if connects:
        _refuse_older(found, program)
    done = subprocess.run(  # noqa: S603 our own words, no shell
        [found, *options],
        env={**os.environ, **_pg_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DomainError(f"{program} a échoué : {done.stderr.strip()[-600:]}")
    return done.stdout


def _refuse_older(found: str, program: str) -> None:
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)", said)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    if version is None or int(version[1]) < server:
        mine = version[1] if version else "?"
        raise DomainError(
            f"{program} {mine} ne sait pas lire un serveur PostgreSQL {server} : "
            f"installez postgresql-client-{server}."
        )


def _pg_environment() -> dict[str, str]:
    """What ``DATABASE_URL`` says, under the names that every tool of PostgreSQL reads."""
    from psycopg import pq

    params = connection.get_connection_params()
    return {
        option.envvar.decode(): str(params[option.keyword.decode()])
        for option in pq.Conninfo.get_defaults()
        if option.envvar and params.get(option.keyword.decode()) is not None
    }
