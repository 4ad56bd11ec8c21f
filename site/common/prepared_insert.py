"""A row stored by a statement written once: for those that are stored often (see ``prepared``)."""

from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.sql import InsertQuery

M = TypeVar("M", bound=Model)


class PreparedInsert(Generic[M]):
    """``row.save(force_insert=True)`` for a row whose number nobody asks for: no check, and no signal."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.written: dict[str, str] = {}

    def __call__(self, row: M) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        fields = [each for each in self.model._meta.local_concrete_fields if not each.primary_key]
        if connection.vendor not in self.written:
            self.written[connection.vendor] = _statement(row, fields)
        values = [each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in fields]
        with connection.cursor() as cursor:
            cursor.execute(self.written[connection.vendor], values)


def _statement(row: Model, fields: list[Any]) -> str:
    query = InsertQuery(type(row))
    query.insert_values(fields, [row])
    [(sql, params)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    if len(params) != len(fields):
        raise ValueError("A column of this table is not stored as one value.")
    return str(sql)
