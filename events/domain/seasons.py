"""A season goes from the 1st of September to the 31st of August."""

from datetime import date


def season_of(day: date) -> tuple[date, date]:
    """First and last day of the season that ``day`` belongs to."""
    year = day.year if day.month >= 9 else day.year - 1
    return opening(year), date(year + 1, 8, 31)


def opening(year: int) -> date:
    """The first day of the season that begins in ``year``."""
    return date(year, 9, 1)


def label(day: date) -> str:
    """« 2026-2027 »."""
    first, last = season_of(day)
    return f"{first.year}-{last.year}"
