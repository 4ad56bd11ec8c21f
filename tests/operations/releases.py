"""The database of the previous release, and what is compared after it was brought up to date.

``python -m tests.operations.releases``, with a DATABASE_URL, brings an empty one to that state and fills it.
Rows are written through the models of that time, so that today's may change as they like.
"""

import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests import databases

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEOPLE = 60


def targets() -> list[tuple[str, str]]:
    said = tomllib.loads((HERE / "previous_release.toml").read_text())["migrations"]
    return sorted(said.items())


def previous(origin: dict[str, Any]) -> str:
    """The previous release's database, made once; its path or its name."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for name in ("previous_release.toml", "releases.py"):
        digest.update((HERE / name).read_bytes())
    return databases.made_once(origin, "previous", digest.hexdigest()[:16], _in_a_process)


def _in_a_process(url: str) -> None:
    command = [sys.executable, "-m", "tests.operations.releases"]
    subprocess.run(command, cwd=ROOT, env=environment(url), check=True)


def build() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    ours = {app for app, _name in targets()}
    # Of other people's applications, what is installed: the lock file says which.
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours]
    call_command("migrate", "common", dict(targets())["common"], verbosity=0)
    executor = MigrationExecutor(connection)
    executor.migrate([*targets(), *others])
    fill(executor.loader.project_state([*targets(), *others]).apps)


def fill(apps: Any) -> None:
    from django.utils import timezone

    now = timezone.now()
    model = apps.get_model
    kind, _ = model("contenttypes", "ContentType").objects.get_or_create(
        app_label="events", model="eventpage"
    )
    organisation = model("members", "Organisation").objects.create(
        name="CPTS d’avant", short_name="Avant", slug="avant", email="avant@example.org"
    )
    root = model("common", "BasePage").objects.get(depth=1)
    activity = model("events", "EventPage").objects.create(
        path=f"{root.path}0099",
        depth=2,
        numchild=0,
        title="Café d’avant",
        slug="cafe-d-avant",
        draft_title="Café d’avant",
        url_path="/cafe-d-avant/",
        content_type_id=kind.pk,
        locale_id=model("wagtailcore", "Locale").objects.get().pk,
        translation_key=uuid.uuid4(),
        organisation_id=organisation.pk,
        summary="Se poser",
    )
    session = model("events", "Session").objects.create(
        activity_id=activity.pk,
        title="Sophrologie",
        capacity=PEOPLE,
        seats_taken=PEOPLE,
        status="published",
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=2),
    )
    users = model("members", "User").objects.bulk_create(
        [
            model("members", "User")(
                email=f"avant{i}@example.org", first_name="Camille", last_name=f"Avant {i}"
            )
            for i in range(PEOPLE)
        ]
    )
    registrations = model("events", "Registration").objects.bulk_create(
        [
            model("events", "Registration")(
                session_id=session.pk,
                user_id=user.pk,
                email=user.email,
                first_name=user.first_name,
                last_name=user.last_name,
                profession="60",
                state="confirmed",
                registered_at=now,
                state_changed_at=now,
            )
            for user in users
        ]
    )
    model("events", "Message").objects.bulk_create(
        [
            model("events", "Message")(
                key=f"confirmed:{each.pk}",
                kind="confirmed",
                registration_id=each.pk,
                session_id=session.pk,
                organisation_id=organisation.pk,
                recipient=each.email,
                subject="Place",
                body="À bientôt",
                state="sent",
                next_try_at=now,
                created_at=now,
                sent_at=now,
            )
            for each in registrations
        ]
    )


def manage(url: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), cwd=ROOT, env=environment(url) | more, capture_output=True, text=True, check=False
    )


def command(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}


def schema(url: str) -> list[str]:
    """Every table, column, index, constraint and trigger, in words that do not depend on their order."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            rows = database.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            )
            return sorted(f"{kind} {name} {_columns(sql)}" for kind, name, sql in rows)
    import psycopg

    with psycopg.connect(url) as database:
        found = database.execute(
            "SELECT 'column', table_name, column_name, data_type, is_nullable, column_default "
            "FROM information_schema.columns WHERE table_schema = 'public' UNION ALL "
            "SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes "
            "WHERE schemaname = 'public' "
            "UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, "
            "pg_get_constraintdef(oid), '', '' "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION ALL "
            "SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '' "
            "FROM pg_trigger WHERE NOT tgisinternal"
        )
        return sorted(" ".join(map(str, row)) for row in found)


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return database.execute(sql).fetchall()
    import psycopg

    with psycopg.connect(url) as database:
        return database.execute(sql).fetchall()  # type: ignore[call-overload]


def tables(url: str) -> set[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if not url.startswith("sqlite"):
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return {name for (name,) in ask(url, named)}


def counted(url: str) -> dict[str, int]:
    """What people were promised, before as after."""
    tables = (
        "members_user",
        "events_session",
        "events_registration",
        "events_message",
        "members_organisation",
    )
    sums = {table: f"SELECT count(*) FROM {table}" for table in tables}
    sums["seats"] = "SELECT sum(seats_taken) FROM events_session"
    return {name: ask(url, sql)[0][0] for name, sql in sums.items()}


def _columns(sql: str | None) -> str:
    """The words of a definition, whatever the order in which columns were added."""
    return " ".join(sorted(re.split(r"[\s,]+", sql or "")))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    build()
