"""The figures that ``make bench`` owes, and the target of each."""

from dataclasses import dataclass

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Target:
    """``limit`` is the most, or where ``least`` the least; None: the figure has a ratio for its target."""

    limit: float | None
    least: bool = False
    remark: str = ""

    def met_by(self, figure: float) -> bool | None:
        if self.limit is None:
            return None
        return figure >= self.limit if self.least else figure <= self.limit

    def __str__(self) -> str:
        if self.limit is None:
            return "—"
        sign = "≥" if self.least else "≤" if self.limit else "="
        return f"{sign} {self.limit:g}{self.remark}"


def _least(limit: float, remark: str = "") -> Target:
    return Target(limit, least=True, remark=remark)


TARGETS: dict[str, Target] = {
    "burst_oversold": Target(0),
    "burst_errors": Target(0),
    "burst_p95_ms": Target(500),
    "burst_floor_ratio": _least(0.35),
    "open_per_s": Target(None),
    "open_floor_ratio": _least(0.35),
    "page_uncached_per_s": _least(300, " (4 cœurs)"),
    "page_cached_per_s": Target(None),
    "page_floor_ratio": _least(1),
    "checkin_per_s": Target(None),
    "checkin_floor_ratio": _least(0.5),
    "export_csv_s": Target(0.6),
    "export_xlsx_s": Target(2),
    "export_rss_mb": Target(40),
    "certificate_ms": Target(36),
    "certificate_batch_ms": Target(25, remark=" (2 cœurs)"),
    "feed_500_ms": Target(60),
    "report_1m_s": Target(1),
    "worker_rss_mb": Target(130),
    "startup_s": Target(3),
}
