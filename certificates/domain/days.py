"""The days of a certificate as French people write them."""

from datetime import datetime
from typing import Any

from common import moments


def dates(slots: list[dict[str, Any]]) -> str:
    """The days of the slots of a certificate's facts, each once."""
    days = [moments.day(datetime.fromisoformat(slot["starts_at"])) for slot in slots]
    return ", ".join(dict.fromkeys(days))
