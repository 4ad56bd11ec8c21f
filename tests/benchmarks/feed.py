"""The calendar of five hundred sessions, made anew for one program that asks over HTTP."""

import time
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from events.models import Session, Slot
from tests.benchmarks import server
from tests.benchmarks.figures import Figures, middle
from tests.factories import make_activity, make_home

SESSIONS, TIMES = 500, 15


def feed(sessions: int = SESSIONS, times: int = TIMES) -> Figures:
    make_home()
    activity, now = make_activity(), timezone.now()
    made = Session.objects.bulk_create(
        Session(
            activity=activity,
            title=f"Sophrologie {n}",
            status=Session.Status.PUBLISHED,
            starts_at=now + timedelta(hours=n),
            ends_at=now + timedelta(hours=n + 2),
            capacity=12,
        )
        for n in range(sessions)
    )
    Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in made
    )
    path = reverse("events:feed_activity", args=[activity.pk])
    spans = []
    with server.escale(path, PAGES_CACHE_URL="dummycache://", KEPT_PAGES_MB="0", WEB_WORKERS="1") as served:
        weight = _events(served.port, path, sessions)
        for _ in range(times):
            begin = time.perf_counter()
            server.get(served.port, path)
            spans.append((time.perf_counter() - begin) * 1000)
    return Figures(
        {"feed_500_ms": middle(spans)}, [f"{sessions} sessions, {weight / 1000:.0f} ko, refait à chaque fois"]
    )


def _events(port: int, path: str, expected: int) -> int:
    _, body = server.get(port, path)
    if body.count(b"BEGIN:VEVENT") != expected:
        raise RuntimeError(f"{body.count(b'BEGIN:VEVENT')} events instead of {expected}")
    return len(body)
