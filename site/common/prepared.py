"""Questions written once: Django takes ten times as long to write one as the database to answer it.

For the few that each visitor of a page asks again. A queryset is compiled for a number that nobody has; each
call puts its own in that place. The rest is Django's: rows, related objects, converters.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)
PLACE = 4_987_654_321_123_456_789
MOST = 2**63 - 1


class Prepared(Generic[M]):
    """``write`` makes the queryset for one number, and nothing else in it may differ from call to call.

    No time of day, no sliced result, no prefetch: ``hold`` is for that.
    """

    def __init__(self, write: Callable[[int], QuerySet[M]]) -> None:
        self.write = write
        self.written: dict[str, tuple[QuerySet[M], Any, str, tuple[Any, ...]]] = {}

    def __call__(self, number: int) -> list[M]:
        if not 0 <= number <= MOST:  # no database holds it, and SQLite could not even read it
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.written:
            self.written[connection.vendor] = self._compiled()
        queryset, compiler, sql, params = self.written[connection.vendor]
        own = copy(compiler)
        own.connection = connection
        own.as_sql = lambda *_, **__: (sql, tuple(number if each == PLACE else each for each in params))
        asking: Any = queryset.all()
        asking.query.get_compiler = lambda *_, **__: own
        return list(ModelIterable(asking))

    def _compiled(self) -> tuple[QuerySet[M], Any, str, tuple[Any, ...]]:
        queryset = self.write(PLACE)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        if PLACE not in params:
            raise ValueError("The question does not hold its number as it was given.")
        return queryset, compiler, sql, tuple(params)


def hold(one: Model, name: str, rows: Iterable[Model]) -> None:
    """``rows`` are what ``one.<name>.all()`` says from now on, as after a prefetch."""
    manager = getattr(one, name)
    found = manager.get_queryset()
    found._result_cache = list(rows)
    found._prefetch_done = True
    for each in found._result_cache:
        setattr(each, manager.field.name, one)
    held = one.__dict__.setdefault("_prefetched_objects_cache", {})
    held[manager.field.remote_field.cache_name] = found
