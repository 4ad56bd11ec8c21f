"""Bringing in the past: a coordinator's spreadsheet of participations.

``read_rows`` makes a table of the file, ``plan`` says what each line would do, ``apply`` does it.
"""

from events.domain.imports.applying import Result, apply
from events.domain.imports.lines import Action, Line
from events.domain.imports.planning import Plan, SessionPlan, plan
from events.domain.imports.reading import MAX_BYTES, Table, check_size, read_rows

__all__ = [
    "MAX_BYTES",
    "Action",
    "Line",
    "Plan",
    "Result",
    "SessionPlan",
    "Table",
    "apply",
    "check_size",
    "plan",
    "read_rows",
]
