"""Durations as French people write them."""

from common.moments import NBSP


def duration(minutes: int) -> str:
    """« 2 h 00 », « 45 min »."""
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02}"
