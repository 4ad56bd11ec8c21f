"""A SQLite that another process holds, and a disk without room: readers go on, writers are told, it heals."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from common.outages import outage
from events.models import Message, Registration, Session
from tests import databases
from tests.crash.stand import Stand
from tests.factories import make_session
from tests.outages.visitors import WITHIN, Answers, get, post, serve

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="holds a SQLite"),
]
PATIENCE = 2


@pytest.fixture
def session() -> Session:
    return make_session(capacity=10_000)


@pytest.fixture
def stand(session: Session, tmp_path: Path) -> Iterator[Stand]:
    stand = serve(tmp_path, databases.url(connection.settings_dict), DB_LOCK_TIMEOUT=str(PATIENCE))
    try:
        yield stand
    finally:
        stand.end("")


@contextmanager
def held() -> Iterator[None]:
    """Another program writes, for as long as the block lasts."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def no_room(stand: Stand) -> Iterator[None]:
    """Nothing that the web server writes to a file may grow."""
    pids = stand.web_pids()
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def assert_whole(session: Session, answers: Answers) -> None:
    stored = set(Registration.objects.filter(session=session).values_list("email", flat=True))
    assert stored == set(answers.acknowledged)
    session.refresh_from_db()
    assert session.seats_taken == len(stored)
    assert Message.objects.values("registration").distinct().count() == len(stored)


def test_a_base_that_another_program_holds(stand: Stand, session: Session) -> None:
    answers = Answers()
    post(stand.port, session.pk, "before@example.org", answers)
    with held():
        began = time.monotonic()
        post(stand.port, session.pk, "meanwhile@example.org", answers)
        assert PATIENCE <= time.monotonic() - began < PATIENCE + 5
        assert answers.statuses[-1][1] == 503
        page = get(stand.port, f"/sessions/{session.pk}/", Cookie="sessionid=x")
        assert page.status == 200, "who reads goes on"
        assert get(stand.port, "/sante/pret/").status == 200
    back = time.monotonic()
    post(stand.port, session.pk, "after@example.org", answers)
    assert answers.statuses[-1][1] == 302
    assert time.monotonic() - back < WITHIN
    assert_whole(session, answers)


def test_a_disk_without_room(stand: Stand, session: Session) -> None:
    answers = Answers()
    post(stand.port, session.pk, "before@example.org", answers)
    with no_room(stand):
        post(stand.port, session.pk, "meanwhile@example.org", answers)
        assert answers.statuses[-1][1] == 503
        assert get(stand.port, f"/sessions/{session.pk}/", Cookie="sessionid=x").status == 200
    post(stand.port, session.pk, "after@example.org", answers)
    assert answers.statuses[-1][1] == 302
    assert_whole(session, answers)


@pytest.mark.parametrize(
    ("pragma", "kind"),
    [("max_page_count=1", "full"), ("query_only=ON", "read-only")],
    ids=["full", "read-only"],
)
def test_what_sqlite_says_of_a_full_and_of_a_read_only_base_is_known(
    session: Session, pragma: str, kind: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        try:
            with pytest.raises(OperationalError) as refused:
                cursor.execute("CREATE TABLE big AS SELECT randomblob(1000000) AS content")
        finally:
            connection.close()
    assert outage(refused.value) == kind
