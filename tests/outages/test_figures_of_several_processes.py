"""What Prometheus reads is what all processes of the web server answered, those that were killed included."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import databases
from tests.crash.stand import BAD_BUILD, Stand
from tests.outages.visitors import get, serve
from tests.processes import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
COUNTED = re.compile(r'^escale_requests_total\{method="GET",route="alive",status="2xx"\} (\d+)\.0$', re.M)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    url = databases.url(connection.settings_dict)
    stand = serve(tmp_path, url, METRICS_TOKEN="word", WEB_WORKERS="2", WEB_THREADS="2")
    yield stand
    stand.end("")


def visit(stand: Stand, number: int) -> int:
    """How many were answered."""
    with ThreadPoolExecutor(8) as visitors:
        statuses = list(visitors.map(lambda _: get(stand.port, "/sante/vivant/").status, range(number)))
    assert set(statuses) == {200}
    return number


def told(stand: Stand) -> int:
    said: str = get(stand.port, "/metrics", Authorization="Bearer word").text  # type: ignore[attr-defined]
    found = COUNTED.search(said)
    return int(found[1]) if found else 0


def who_counted(stand: Stand) -> set[str]:
    server = stand.running["web"].pid
    return {each.stem for each in settings.METRICS_DIR.glob(f"{server}-*/counter_*.db")}


def seen_by_both(stand: Stand) -> int:
    """Visits, all at once from the first on, until both processes had some; how many."""
    eventually(lambda: len(stand.web_pids()) == 2, "two processes")
    asked = 0
    while len(who_counted(stand)) < 2:
        asked += visit(stand, 8)
        assert asked < 10_000, "one process answers everybody"
    return asked + visit(stand, 40)


def test_all_processes_count_together_whichever_is_asked(stand: Stand) -> None:
    asked = seen_by_both(stand)
    assert [told(stand) for _ in range(6)] == [asked] * 6


@pytest.mark.skipif("ESCALE_LOCK_SECONDS" not in os.environ, reason="takes half a minute: make outages")
def test_a_process_that_dies_leaves_its_counts(stand: Stand) -> None:
    asked = seen_by_both(stand)
    time.sleep(BAD_BUILD)
    killed = stand.web_pids()[0]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in stand.web_pids() and len(stand.web_pids()) == 2, "another process")
    eventually(stand.answers, "the server answers")
    assert told(stand) == asked
    asked += visit(stand, 40)
    assert told(stand) == asked
