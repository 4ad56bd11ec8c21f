"""What stands in the database, in words: beside a field that two people changed, in a preview of changes."""

from datetime import datetime
from typing import Any

from django.db import models

from common import moments
from events.forms.rules import PROMOTION
from members.professions import Profession

NOTHING = "rien"


def in_words(row: models.Model, name: str) -> str:
    """The value of the field ``name``, as a coordinator reads it."""
    value = getattr(row, name)
    if name == "professions":
        return ", ".join(str(Profession(code).label) for code in value) or "toutes"
    if name == "promotion":
        return str(dict(PROMOTION).get(value, value))
    display = getattr(row, f"get_{name}_display", None)
    return str(display()) if display else plain(value)


def plain(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return moments.moment(value)
    return str(value)
