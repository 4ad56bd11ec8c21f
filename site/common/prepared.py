"""Questions written once: Django takes ten times as long to write one as the database to answer it.

For the few that each visitor of a page asks again. A queryset is compiled for values that nobody has, its
blanks; each call puts its own in their places. Rows, related objects and converters are Django's, found once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError

from common import planned

M = TypeVar("M", bound=Model)
Blank = int | str | date  # a moment is a date too
PLACE = 4_987_654_321_123_456_789
SMALL = 2_098_765_431  # for a column of 32 bits
TEXT = "\ue000a text that nobody writes\ue000"
MOMENT = datetime(1871, 3, 18, 5, 43, 21, 123456, tzinfo=UTC)
DAY = date(1871, 5, 28)
MOST = 2**63 - 1
_MARK = re.compile("%s")


class _Written:
    """What was compiled: a statement, and which blank stands at which of its places."""

    def __init__(self, compiler: Any, blanks: tuple[Blank, ...], ending: str = "") -> None:
        self.sql, params = compiler.as_sql()
        self.sql += ending
        self.planned = ""
        self.params = tuple(params)
        said = [_adapted(each, compiler.connection) for each in blanks]
        self.places = {
            place: said.index(each)
            for place, each in enumerate(self.params)
            if any(isinstance(each, type(one)) and each == one for one in said)
        }
        if set(self.places.values()) != set(range(len(blanks))):
            raise ValueError("The question does not hold each of its blanks as it was given.")

    def ask(self, values: tuple[Blank, ...], connection: Any) -> Any:
        """A cursor that was asked, for ``values``; planned once where that takes long."""
        filled = self.filled(values, connection)
        if not planned.plans(connection):
            cursor = connection.cursor()
            cursor.execute(self.sql, filled)
            return cursor
        if not self.planned:
            self.planned = planned.with_constants(self.sql, self.params, self.places, connection)
        cursor = planned.cursor(connection)
        cursor.execute(self.planned, [filled[place] for place in self.places])
        return cursor

    def filled(self, values: tuple[Blank, ...], connection: Any) -> tuple[Any, ...]:
        said = [_adapted(each, connection) for each in values]
        return tuple(
            _as(each, said[self.places[place]]) if place in self.places else each
            for place, each in enumerate(self.params)
        )


class _Reader:
    """How a row becomes an object with what is joined to it, found once: as ``ModelIterable`` finds it."""

    def __init__(self, compiler: Any) -> None:
        self.model = compiler.klass_info["model"]
        columns = compiler.klass_info["select_fields"]
        self.own = slice(columns[0], columns[-1] + 1)
        self.names = [each[0].target.attname for each in compiler.select[self.own]]
        self.joined = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self.annotations = list((compiler.annotation_col_map or {}).items())
        said = [each[0] for each in compiler.select]
        self.converters = compiler.get_converters(said)
        self.apply = compiler.apply_converters  # of its connection, they ask for the time zone alone

    def __call__(self, rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        for row in self.apply(rows, self.converters) if self.converters else rows:
            found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for each in self.joined:
                each.populate(row, found)
            for name, place in self.annotations:
                setattr(found, name, row[place])
            yield found


class Prepared(Generic[M]):
    """``write`` makes the queryset for the blanks, and nothing else in it may differ from call to call.

    One number unless ``blanks`` are told. No time of day but as a blank, no prefetch: ``hold`` is for that.
    One that holds rows (``select_for_update``) is asked in a transaction, or raises as Django does.
    """

    def __init__(self, write: Callable[..., QuerySet[M]], *blanks: Blank) -> None:
        self.write = write
        self.blanks = blanks or (PLACE,)
        self.written: dict[str, tuple[_Written, _Reader, bool]] = {}

    def __call__(self, *values: Blank) -> list[M]:
        if not all(map(_fits, values)):
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.written:
            query = self.write(*self.blanks).query
            compiler = query.get_compiler(DEFAULT_DB_ALIAS)
            written = _Written(compiler, self.blanks)
            self.written[connection.vendor] = written, _Reader(compiler), query.select_for_update
        written, read, holds = self.written[connection.vendor]
        if holds and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with written.ask(values, connection) as cursor:
            return list(read(cursor.fetchall()))


class PreparedUpdate:
    """The same of ``queryset.update(**changes)``, which ``write`` returns; says how many rows.

    ``then`` asks instead for what a column of the changed row holds now; None where none was changed.
    """

    def __init__(
        self,
        write: Callable[..., tuple[QuerySet[Any], dict[str, Any]]],
        *blanks: Blank,
        returning: str = "",
    ) -> None:
        self.write, self.blanks, self.returning = write, blanks, returning
        self.written: dict[str, _Written] = {}

    def __call__(self, *values: Blank) -> int:
        with self._ask(values) as cursor:
            return int(cursor.rowcount)

    def then(self, *values: Blank) -> Any:
        """One row at most is changed."""
        with self._ask(values) as cursor:
            found = cursor.fetchall()
        return found[0][0] if found else None

    def _ask(self, values: tuple[Blank, ...]) -> Any:
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.written:
            self.written[connection.vendor] = self._write(connection)
        return self.written[connection.vendor].ask(values, connection)

    def _write(self, connection: Any) -> _Written:
        queryset, changes = self.write(*self.blanks)
        query: Any = queryset.order_by().query.chain(UpdateQuery)
        query.add_update_values(changes)
        ending = f" RETURNING {connection.ops.quote_name(self.returning)}" if self.returning else ""
        return _Written(query.get_compiler(DEFAULT_DB_ALIAS), self.blanks, ending)


class PreparedCondition:
    """``EXISTS (…)`` of the queryset that ``write`` returns, to stand in a statement of ours."""

    def __init__(self, write: Callable[..., QuerySet[Any]], *blanks: Blank) -> None:
        self.write, self.blanks = write, blanks
        self.written: dict[str, tuple[_Written, str, list[str]]] = {}

    def __call__(self, *values: Blank) -> tuple[str, dict[str, Any]]:
        """Its text, whose parameters are named ``still0`` and so on, and what they say for ``values``."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.written:
            self.written[connection.vendor] = self._write()
        written, text, names = self.written[connection.vendor]
        return text, dict(zip(names, written.filled(values, connection), strict=True))

    def _write(self) -> tuple[_Written, str, list[str]]:
        compiler = self.write(*self.blanks).query.exists().get_compiler(DEFAULT_DB_ALIAS)
        written = _Written(compiler, self.blanks)
        names = [f"still{n}" for n in range(len(written.params))]
        following = iter(names)
        text = _MARK.sub(lambda _: f"%({next(following)})s", written.sql)
        return written, f"EXISTS ({text})", names


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


def _adapted(value: Blank, connection: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _fits(value: Blank) -> bool:
    """Else no database holds it, and SQLite could not even read it."""
    return not isinstance(value, int) or 0 <= value <= MOST


def _as(blank: Any, value: Any) -> Any:
    """For PostgreSQL a number says the size of its column by its class."""
    return type(blank)(value) if isinstance(blank, int) else value
