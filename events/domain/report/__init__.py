"""Bilan: the figures of activities over a period, counted from rows by the database.

A *participation* is a confirmed registration with at least one presence, counted once per session;
a *participant* is a person with a participation. Each share keeps its denominator.
``docs/bilan.md`` says in French what each figure means.
"""

from events.domain.report.comparing import Bilan, compared
from events.domain.report.counting import report
from events.domain.report.figures import UNKNOWN_PROFESSION, Report, SessionFigures
from events.domain.report.groups import Group, ProfessionCount, small_groups_merged
from events.domain.report.periods import Period
from events.domain.report.shares import percent

__all__ = [
    "UNKNOWN_PROFESSION",
    "Bilan",
    "Group",
    "Period",
    "ProfessionCount",
    "Report",
    "SessionFigures",
    "compared",
    "percent",
    "report",
    "small_groups_merged",
]
