"""A clock that a test sets and moves: everything that asks Django for the time gets it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone


class Clock:
    """Begins now, unless set."""

    def __init__(self) -> None:
        self.time = timezone.now()

    def __call__(self) -> datetime:
        return self.time

    def set(self, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
        """To a wall clock's time in Paris."""
        self.time = paris(year, month, day, hour, minute)
        return self.time

    def move(self, **delta: Any) -> datetime:
        self.time += timedelta(**delta)
        return self.time


def paris(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime(year, month, day, hour, minute))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock
