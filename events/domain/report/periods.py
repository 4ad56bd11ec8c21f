"""The period of a report, and the one before it."""

from dataclasses import dataclass
from datetime import date, timedelta

from common import moments

SEASON_STARTS = 9  # a season goes from September to August


@dataclass(frozen=True)
class Period:
    """From ``since`` to ``until``, both days included; None is open.

    ``name`` is « saison 2025-2026 » or « année 2025 », ``short`` what follows « par rapport à ».
    """

    since: date | None = None
    until: date | None = None
    name: str = ""
    short: str = ""

    @classmethod
    def season(cls, year: int) -> "Period":
        """The one that begins in September of ``year``."""
        since, until = date(year, SEASON_STARTS, 1), date(year + 1, SEASON_STARTS, 1) - timedelta(days=1)
        return cls(since, until, f"saison {year}-{year + 1}", f"{year}-{year + 1}")

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls(date(year, 1, 1), date(year, 12, 31), f"année {year}", str(year))

    def previous(self, today: date) -> "Period | None":
        """The season or the year before, or as many days just before; None without a beginning."""
        if self.since is None:
            return None
        if self.name.startswith("saison"):
            return Period.season(self.since.year - 1)
        if self.name.startswith("année"):
            return Period.year(self.since.year - 1)
        until = self.until or max(today, self.since)
        length = until - self.since
        last = self.since - timedelta(days=1)
        return Period(last - length, last, short="la période précédente")

    def runs(self, today: date) -> bool:
        """Whether it has begun and is not over."""
        return self.since is not None and self.since <= today and (self.until is None or today < self.until)

    @property
    def words(self) -> str:
        """« du 1er septembre 2025 au 31 août 2026 »."""
        if self.since and self.until:
            return f"du {moments.date_text(self.since)} au {moments.date_text(self.until)}"
        if self.since:
            return f"depuis le {moments.date_text(self.since)}"
        return f"jusqu’au {moments.date_text(self.until)}" if self.until else "depuis le début"

    @property
    def title(self) -> str:
        return self.name or self.words


def season_of(day: date) -> int:
    """The year in which the season of ``day`` began."""
    return day.year if day.month >= SEASON_STARTS else day.year - 1
