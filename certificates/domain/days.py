"""Days and durations as French people write them."""

from datetime import datetime
from typing import Any

from common import moments
from common.moments import NBSP


def duration(minutes: int) -> str:
    """« 2 h 00 », « 45 min »."""
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02}"


def dates(slots: list[dict[str, Any]]) -> str:
    """The days of the slots of a certificate's facts, each once."""
    days = [moments.day(datetime.fromisoformat(slot["starts_at"])) for slot in slots]
    return ", ".join(dict.fromkeys(days))
