"""PostgreSQL takes as long to plan a question as to answer it ten times: one asked again is planned once.

Django lets psycopg write each value into the statement, which is then new each time. Here only what varies
is left out of it, and the server keeps its plan for as long as the connection lasts (``prepare_threshold``,
``DB_PREPARED``). SQLite reads a statement in no time.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

_MARK = re.compile("%[%s]")


def plans(connection: Any) -> bool:
    """Whether the server at the other end may keep plans for us."""
    if connection.vendor != "postgresql":
        return False
    connection.ensure_connection()
    return connection.connection.prepare_threshold is not None


def with_constants(sql: str, params: Sequence[Any], blanks: Collection[int], connection: Any) -> str:
    """``sql`` with its parameters written in, but for those at the places ``blanks``."""
    from psycopg.sql import Literal

    places = iter(range(len(params)))

    def written(mark: re.Match[str]) -> str:
        if mark[0] == "%%" or (place := next(places)) in blanks:
            return mark[0]
        return Literal(params[place]).as_string(connection.connection).replace("%", "%%")

    return _MARK.sub(written, sql)


def cursor(connection: Any) -> Any:
    """Django's, over one of psycopg that sends the values apart and has the statement planned once."""
    raw, kind = connection.connection, _kind()
    before, raw.cursor_factory = raw.cursor_factory, kind
    try:
        return connection.cursor()
    finally:
        raw.cursor_factory = before


@cache
def _kind() -> Any:
    from django.db.backends.postgresql.base import ServerBindingCursor

    class Planned(ServerBindingCursor):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, prepare=True, **options)  # type: ignore[misc]

        def _convert_query(self, *said: Any) -> Any:
            self._query = super()._convert_query(*said)  # type: ignore[misc]
            return self._query  # where Django looks for what was asked

    return Planned
