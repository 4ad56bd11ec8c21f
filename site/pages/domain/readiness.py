"""Whether this process may be sent visitors: its database answers, and has every migration.

The cache is told of, and refuses nobody: without it pages are made each time and limits let pass.
"""

from typing import Any

from django.core.cache import cache
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

PROBE = "readiness:probe"
# A probe must not wait as long as a visitor.
PATIENCE = "SET LOCAL statement_timeout = '2s'"


class _Known:
    migrated = False


def parts() -> dict[str, str]:
    """What each part says of itself: ok, or what is the matter."""
    database = _database()
    return {
        "base": database,
        "migrations": _migrations() if database == "ok" else "inconnu",
        "cache": _cache(),
    }


def is_ready(found: dict[str, str]) -> bool:
    return found["base"] == found["migrations"] == "ok"


def _database() -> str:
    try:
        if connection.vendor == "sqlite":  # a reader waits for nobody
            _ask("SELECT 1 FROM django_migrations LIMIT 1")
        else:
            with transaction.atomic():
                _ask(PATIENCE)
                _ask("SELECT 1")
    except Error:
        return "injoignable"
    return "ok"


def _migrations() -> str:
    """Asked until they are all there, then no more."""
    if not _Known.migrated:
        try:
            executor = MigrationExecutor(connection)
            leaves: Any = executor.loader.graph.leaf_nodes()
            _Known.migrated = not executor.migration_plan(leaves)
        except Error:
            return "inconnu"
    return "ok" if _Known.migrated else "en retard"


def _cache() -> str:
    cache.set(PROBE, 1, 60)
    return "ok" if cache.get(PROBE) == 1 else "absent"


def _ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
