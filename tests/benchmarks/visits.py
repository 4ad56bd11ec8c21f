"""A public page over real HTTP, four server processes, beside the floor: a bare view served the same way."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Session, Slot
from tests import databases
from tests.benchmarks.load import get, per_second
from tests.factories import make_activity, make_home, make_session

FED, FEED_ROUNDS = 500, 9


def visits() -> list[str]:
    make_home()
    session = make_session(title="Sophrologie")
    path = f"/sessions/{session.pk}/"
    with tempfile.TemporaryDirectory() as cache:
        with _served("tests.benchmarks.bare:application", "/", {}) as port:
            floor = per_second(port, "/", {})
        figures = {}
        for name, pages in (("kept", "locmemcache://pages"), ("uncached", "dummycache://")):
            said = {"CACHE_URL": f"filecache://{cache}", "PAGES_CACHE_URL": pages}
            with _served("config.wsgi:application", path, said) as port:
                figures[name] = per_second(port, path, {})
                figures[f"{name}, gzip"] = per_second(port, path, {"Accept-Encoding": "gzip"})
    lines = [f"{floor:.0f} pages/s, vue nue d'un projet nu"]
    lines += [
        f"{each:.0f} pages/s, page de session, {name} (× {each / floor:.2f})"
        for name, each in figures.items()
    ]
    return [*lines, _feed()]


def _feed() -> str:
    activity = make_activity()
    now = timezone.now()
    sessions = Session.objects.bulk_create(
        Session(
            activity=activity,
            title=f"Sophrologie {n}",
            status=Session.Status.PUBLISHED,
            starts_at=now + timedelta(hours=n),
            ends_at=now + timedelta(hours=n + 2),
            capacity=12,
        )
        for n in range(FED)
    )
    Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    )
    client, address = Client(HTTP_HOST="localhost"), reverse("events:feed_activity", args=[activity.pk])
    assert client.get(address).content.count(b"BEGIN:VEVENT") == FED
    spans = []
    for _ in range(FEED_ROUNDS):
        begin = time.perf_counter()
        client.get(address)
        spans.append(time.perf_counter() - begin)
    return f"feed_500_ms {statistics.median(spans) * 1000:.0f}, calendrier de {FED} sessions, refait"


@contextmanager
def _served(application: str, path: str, said: dict[str, str]) -> Iterator[int]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--no-ws", "--workers", "4"]
    process = subprocess.Popen(
        [*command, "--blocking-threads", "2", "--log-level", "error", "--port", str(port), application],
        env={**os.environ, "DATABASE_URL": databases.url(connection.settings_dict), **said},
        cwd=databases.ROOT,
    )
    try:
        for _ in range(300):
            try:
                if get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), path, {}) == 200:
                    break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)
