"""A row stored by a statement written once: for those that are stored often (see ``prepared``)."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import AutoField, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class _Written:
    sql: str
    fields: list[Any]
    returns: bool
    following: str


class PreparedInsert(Generic[M]):
    """``row.save(force_insert=True)``: ``row`` gets its number; there is no check, and no signal.

    Raises ``IntegrityError`` as it does; where ``skip_known``, a row that is known is passed over instead.
    """

    def __init__(self, model: type[M], *, skip_known: bool = False) -> None:
        self.model, self.skip_known = model, skip_known
        self.written: dict[str, _Written] = {}

    def __call__(self, row: M) -> None:
        self.store(row, self.values(row))

    def values(self, row: M) -> list[Any]:
        """What ``store`` will store: made before a lock is held, it is not waited for."""
        connection = connections[DEFAULT_DB_ALIAS]
        fields = self._written(row).fields
        return [each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in fields]

    def store(self, row: M, values: list[Any]) -> None:
        connection, written = connections[DEFAULT_DB_ALIAS], self._written(row)
        # Whoever catches a refusal inside their transaction is stopped from committing the rest.
        with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(written.sql, values)
            if written.returns:
                row.pk = (cursor.fetchone() or [None])[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    def following(self, row: M, values: list[Any], source: str) -> tuple[str, dict[str, Any]]:
        """Stores it once for each row of ``source``, a ``WITH`` before it; its parameters are ``stored0``…

        For tables that no page shows: ``page_generation`` reads how a statement begins. PostgreSQL only.
        """
        written = self._written(row)
        names = [f"stored{n}" for n in range(len(values))]
        return written.following.format(source=source), dict(zip(names, values, strict=True))

    def _written(self, row: M) -> _Written:
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self.written:
            self.written[connection.vendor] = self._write(row, connection)
        return self.written[connection.vendor]

    def _write(self, row: M, connection: Any) -> _Written:
        meta = self.model._meta
        numbered = isinstance(meta.pk, AutoField)
        fields = [each for each in meta.local_concrete_fields if not (numbered and each.primary_key)]
        query = InsertQuery(self.model, on_conflict=OnConflict.IGNORE if self.skip_known else None)
        query.insert_values(fields, [row])
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        if numbered:
            compiler.returning_fields = [meta.pk]
        [(sql, params)] = compiler.as_sql()
        if len(params) != len(fields):
            raise ValueError("A column of this table is not stored as one value.")
        quote = connection.ops.quote_name
        columns = ", ".join(quote(each.column) for each in fields)
        places = ", ".join(f"%(stored{n})s" for n in range(len(fields)))
        into = f"{quote(meta.db_table)} ({columns})"
        following = f"INSERT INTO {into} SELECT {places} FROM {{source}}"  # noqa: S608  # names of columns
        return _Written(str(sql), fields, numbered, following)
