"""Rounding, the French way."""

from decimal import ROUND_HALF_UP, Decimal


def percent(part: int, whole: int) -> int | None:
    """A whole number, half up: 104.86 → 105, 0.5 → 1; never capped. None: a share of nothing."""
    return int(half_up(Decimal(100 * part) / whole, "1")) if whole else None


def half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)
