"""Figures that no difference takes apart: answers are told by blocks of five at least, or not at all.

The answers to one question, given to one activity at one moment, make a series. A survey of five or more is
a block of its own; smaller ones gather in the order in which they were opened, and a rest waits. A block
depends neither on what is asked for nor on the day of asking, never changes once it is told, and counts only
where the filter holds it whole. Whoever imported marks knows them: they never share a block with marks that
people gave here, and their rest joins the block before.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from events.models import Survey

FLOOR = 5  # no figure is shown for fewer answers


@dataclass(frozen=True)
class Part:
    """The answers of one survey to one question.

    ``order`` is that of opening: surveys that were opened together share it, and stay together.
    """

    series: Hashable
    order: tuple[Any, ...]
    session: int
    survey: int
    answers: int
    imported: bool = False


Block = list[Part]


def part_of(survey: Survey, key: str, number: int, *, imported: bool) -> Part | None:
    """The answers to question ``key``, once they are open; the survey comes with its session."""
    opened = survey.closes_at if imported else survey.unsealed_at
    if opened is None:
        return None
    series = (survey.session.activity_id, survey.moment, key)
    order = (opened, survey.pk) if imported else (opened,)
    return Part(series, order, survey.session_id, survey.pk, number, imported)


def blocks(parts: Iterable[Part]) -> list[Block]:
    found: dict[Hashable, list[Part]] = {}
    for part in parts:
        found.setdefault((part.series, part.imported), []).append(part)
    return [block for series in found.values() for block in _blocks(series)]


def answers(parts: Iterable[Part]) -> int:
    return sum(part.answers for part in parts)


def _blocks(series: list[Part]) -> list[Block]:
    own: list[Block] = []
    gathering: Block = []
    for _order, together in groupby(sorted(series, key=lambda each: each.order), key=lambda each: each.order):
        unit = list(together)
        if answers(unit) >= FLOOR:
            own.append(unit)
            continue
        gathering += unit
        if answers(gathering) >= FLOOR:
            own.append(gathering)
            gathering = []
    if gathering and own and gathering[0].imported:
        own[-1] = own[-1] + gathering
    return own
