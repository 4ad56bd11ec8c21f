"""What a part of ``make bench`` tells: the figures it owes, and lines for whoever reads along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

ROUNDS = 3


@dataclass
class Figures:
    keys: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def middle(rounds: Sequence[float]) -> float:
    """The median, with as many digits as it is worth."""
    found = median(rounds)
    return round(found, 3 if found < 10 else 1)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Of rounds taken by turns: what else the machine did weighed on both of a pair."""
    return middle([one / other for one, other in zip(ours, theirs, strict=True) if other])


def percentile(spans: Sequence[float], part: float) -> float:
    ordered = sorted(spans)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def apart(rounds: Sequence[float], form: str = ".0f") -> str:
    return " · ".join(format(each, form) for each in rounds)
