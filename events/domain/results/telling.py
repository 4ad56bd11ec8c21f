"""From blocks to figures: mean, distribution, course over time; texts in no order."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from events.domain.report.charts import MONTHS, MOST_MONTHS
from events.domain.report.periods import season_of
from events.domain.report.shares import half_up, percent
from events.domain.results.collecting import Answers, Column
from events.domain.survey.blocks import Block, answers, blocks
from events.domain.survey.questions import Kind
from events.models import SurveyText
from events.models.survey import SCALE

GRADED = (Kind.SCORE, Kind.SCALE, Kind.MATRIX)


@dataclass(frozen=True)
class Bar:
    """One answer that may be given; ``length`` goes from 0 to 100, the longest being 100."""

    label: str
    number: int
    share: int
    length: int

    @property
    def top(self) -> int:
        return 100 - self.length


@dataclass(frozen=True)
class Point:
    """A month or a season: the blocks that ended then; ``height`` goes from 0 to 100."""

    label: str
    mean: Decimal
    number: int
    height: float

    @property
    def top(self) -> float:
        return round(100 - self.height, 1)


@dataclass(frozen=True)
class Told:
    """What may be told of one question; ``number`` 0: fewer than five answers together."""

    key: str
    row: str
    kind: str
    label: str
    number: int = 0
    mean: Decimal | None = None
    bars: list[Bar] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    texts: list[SurveyText] = field(default_factory=list)
    hidden: list[SurveyText] = field(default_factory=list)

    @property
    def out_of(self) -> int:
        return 10 if self.kind == Kind.SCORE else 5

    @property
    def is_score(self) -> bool:
        return self.kind == Kind.SCORE

    @property
    def is_text(self) -> bool:
        return self.kind == Kind.TEXT


def tell(found: Answers, *, begins: dict[int, datetime]) -> list[Told]:
    """Each question asked at the sessions of ``begins``, which says when each of them starts."""
    asked = [column for column in found.columns if any(part.session in begins for part in column.parts)]
    return [_told(column, begins) for column in asked]


def mean_of_marks(found: Answers, inside: Collection[int]) -> tuple[Decimal | None, int]:
    """Mean and number of the marks given at the sessions ``inside``, whatever the words of the question.

    Each question keeps its own blocks: what is told here is a sum of what is told of each of them.
    """
    marks = [column for column in found.columns if column.key in found.scores]
    values = [value for column in marks for value in _values(column, whole(column, inside))]
    return _mean(values), len(values)


def whole(column: Column, inside: Collection[int]) -> list[Block]:
    """The blocks that stand inside altogether."""
    return [block for block in blocks(column.parts) if all(part.session in inside for part in block)]


def _told(column: Column, begins: dict[int, datetime]) -> Told:
    told = whole(column, begins)
    values = _values(column, told)
    facts: dict[str, Any] = {
        "key": column.key,
        "row": column.row,
        "kind": column.kind,
        "label": column.label,
        "number": sum(answers(block) for block in told),
    }
    if column.kind == Kind.TEXT:
        values.sort(key=lambda text: text.pk)  # ids are random
        shown = [text for text in values if not text.hidden]
        return Told(**facts, texts=shown, hidden=[text for text in values if text.hidden])
    graded = column.kind in GRADED
    return Told(
        **facts,
        mean=_mean(values) if graded else None,
        bars=_bars(column, values),
        points=_points(column, told, begins) if graded else [],
    )


def _values(column: Column, told: Iterable[Block]) -> list[Any]:
    return [value for block in told for part in block for value in column.values[part.survey, part.imported]]


def _mean(values: Sequence[int]) -> Decimal | None:
    return half_up(Decimal(sum(values)) / len(values), "0.1") if values else None


def _bars(column: Column, values: list[Any]) -> list[Bar]:
    if not values:
        return []
    chosen = [one for value in values for one in (value if isinstance(value, list) else [value])]
    numbers = Counter(chosen)
    longest = max(numbers.values(), default=0)
    return [
        Bar(
            label,
            numbers[value],
            percent(numbers[value], len(values)) or 0,
            round(100 * numbers[value] / longest) if longest else 0,
        )
        for value, label in _possible(column, numbers)
    ]


def _possible(column: Column, numbers: Counter[Any]) -> list[tuple[Any, str]]:
    if column.kind == Kind.SCORE:
        return [(mark, str(mark)) for mark in range(11)]
    if column.kind in (Kind.SCALE, Kind.MATRIX):
        return [(step, f"{step} · {label}") for step, label in SCALE]
    if column.kind == Kind.YES_NO:
        return [(True, "Oui"), (False, "Non")]
    return [(option, option) for option in column.options if option in numbers or len(column.options) < 20]


def _points(column: Column, told: list[Block], begins: dict[int, datetime]) -> list[Point]:
    """By month, or by season when there would be too many: each point is a sum of whole blocks."""
    ends = [timezone.localtime(max(begins[part.session] for part in block)) for block in told]
    if not ends:
        return []
    months = [end.year * 12 + end.month - 1 for end in ends]
    if max(months) - min(months) < MOST_MONTHS:
        return _grouped(column, told, months, lambda key: f"{MONTHS[key % 12]} {key // 12}")
    seasons = [season_of(end.date()) for end in ends]
    return _grouped(column, told, seasons, lambda key: f"{key}-{key + 1}")


def _grouped(column: Column, told: list[Block], keys: list[int], label: Callable[[int], str]) -> list[Point]:
    together: dict[int, list[Block]] = defaultdict(list)
    for key, block in zip(keys, told, strict=True):
        together[key].append(block)
    found = []
    for key in sorted(together):
        values = _values(column, together[key])
        mean = _mean(values)
        if mean is not None:
            out_of = 10 if column.kind == Kind.SCORE else 5
            height = round(100 * float(mean) / out_of, 1)
            found.append(Point(label(key), mean, len(values), height))
    return found
