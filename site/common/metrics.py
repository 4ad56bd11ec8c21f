"""Figures about requests, for Prometheus: by the name of a route, never by its path, never about a person.

Nothing is counted, and the library not even loaded, unless ``METRICS_TOKEN`` is set. The processes of one
web server count together through files in a directory of that server's own; it is swept away by the next
one. A process that dies leaves its counts there, where they belong.
"""

import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# Read by the library, when it is loaded.
SHARED = "PROMETHEUS_MULTIPROC_DIR"


class _Counts:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        self.requests = Counter(
            "escale_requests",
            "Requests answered, by route",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "escale_request_seconds",
            "Time to answer, by route",
            ["route", "method"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.unavailable = Counter(
            "escale_unavailable",
            "Answers 503, by what the database or the disk was",
            ["kind"],
            registry=self.registry,
        )


@cache
def _counts() -> _Counts:
    return _Counts()


def load() -> None:
    """Now, and not when two threads answer their first visitors at once: one would not be counted."""
    _counts()


def count_request(*, route: str, method: str, status: str, seconds: float) -> None:
    """``status`` is the class: 2xx, 5xx."""
    if settings.METRICS_TOKEN:
        method = method if method in METHODS else "other"
        _counts().requests.labels(route, method, status).inc()
        _counts().seconds.labels(route, method).observe(seconds)


def count_unavailable(kind: str) -> None:
    if settings.METRICS_TOKEN:
        _counts().unavailable.labels(kind).inc()


def text(gauges: dict[str, tuple[str, dict[str, float]]]) -> bytes:
    """All counts, and ``gauges``: a name to its help and its values, by state ("" for one without)."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess

    registry = _counts().registry
    if os.environ.get(SHARED):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry) + generate_latest(_Gauges(gauges))


def share(root: Path) -> None:
    """Count together with the other processes of this web server: in a directory named after their parent."""
    parent = os.getppid()
    own = root / f"{parent}-{_began(parent)}"
    own.mkdir(parents=True, exist_ok=True)
    for each in root.iterdir():
        pid, _, began = each.name.partition("-")
        if pid.isdigit() and _began(int(pid)) != began:
            shutil.rmtree(each, ignore_errors=True)
    os.environ[SHARED] = str(own)


def _began(pid: int) -> str:
    """When process ``pid`` began, in ticks of this machine: a number used again is another process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


class _Gauges:
    def __init__(self, gauges: dict[str, tuple[str, dict[str, float]]]) -> None:
        self.gauges = gauges

    def collect(self) -> Any:
        from prometheus_client.core import GaugeMetricFamily

        for name, (told, values) in self.gauges.items():
            family = GaugeMetricFamily(name, told, labels=[] if "" in values else ["state"])
            for state, value in values.items():
                family.add_metric([state] if state else [], value)
            yield family
