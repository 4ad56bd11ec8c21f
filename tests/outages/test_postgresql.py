"""A PostgreSQL that stops, restarts, refuses, cuts and hangs, under a web server, a worker and a clock."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.crash.stand import Stand
from tests.factories import make_session
from tests.outages.cluster import Cluster, cluster
from tests.outages.visitors import WITHIN, Answers, crowd, get, post, serve
from tests.processes import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="stops a PostgreSQL"),
]
PAGE = "/compte/login/"  # asks the database, and is kept for nobody


@pytest.fixture
def session() -> int:
    return make_session(capacity=10_000).pk


@pytest.fixture
def own(session: int) -> Iterator[Cluster]:
    with cluster() as own:
        own.copy(connection.settings_dict)
        yield own


@pytest.fixture
def stand(own: Cluster, tmp_path: Path) -> Iterator[Stand]:
    waits = {"DB_STATEMENT_TIMEOUT": "1", "DB_LOCK_TIMEOUT": "5", "METRICS_TOKEN": "word"}
    stand = serve(tmp_path, own.url, processes=("web", "worker", "clock"), **waits)
    try:
        yield stand
    finally:
        stand.end("")


def assert_whole(own: Cluster, session: int, answers: Answers) -> None:
    """What was acknowledged is stored, and the counter says what the rows say."""
    rows = f"FROM events_registration WHERE session_id={session}"
    stored = {row[0] for row in own.execute(f"SELECT email {rows}")}
    assert set(answers.acknowledged) <= stored
    taken = own.execute(f"SELECT seats_taken FROM events_session WHERE id={session}")[0][0]
    held = own.execute(f"SELECT count(*) {rows}")[0][0]
    messages = f"FROM events_message WHERE session_id={session}"
    owed = own.execute(f"SELECT count(DISTINCT registration_id) {messages}")[0][0]
    assert taken == held == owed


def test_a_database_that_stops_under_load_and_comes_back(own: Cluster, stand: Stand, session: int) -> None:
    with crowd(stand.port, session, people=3) as answers:
        eventually(lambda: answers.counted()[302] > 5, "people register")
        sent = "SELECT count(*) FROM events_message WHERE state = 'sent'"
        eventually(lambda: own.execute(sent) != [(0,)], "the worker is at work")
        for mode in ("immediate", "fast"):
            own.stop(mode)
            stopped = time.monotonic()
            eventually(lambda: answers.since(stopped, 503), "the outage is said")  # noqa: B023
            assert_said_in_french(stand.port)
            assert get(stand.port, "/sante/vivant/").status == 200
            assert get(stand.port, "/sante/pret/").status == 503
            own.start()
            back = time.monotonic()
            eventually(lambda: answers.since(back, 302), "people register again")  # noqa: B023
            assert (answers.since(back, 302) or 99) < WITHIN
            assert get(stand.port, "/sante/pret/").status == 200
    assert set(answers.counted()) == {302, 503}
    assert_whole(own, session, answers)
    for name in ("web", "worker", "clock"):
        assert stand.running[name].poll() is None, f"{name} ended"
    waits = "SELECT count(*) FROM events_message WHERE state <> 'sent'"
    eventually(
        lambda: own.execute(f"{waits} AND state <> 'sending'") == [(0,)], "the worker sends what is owed"
    )
    # What was leaving as the database stopped is freed after five minutes: they are over.
    own.execute("UPDATE events_message SET locked_until = now() WHERE state = 'sending'")
    eventually(lambda: own.execute(waits) == [(0,)], "and what was leaving")
    healed = (stand.folder / "worker.log").read_text()
    assert "The worker goes on" in healed
    assert "Traceback" not in healed + (stand.folder / "web.log").read_text()


def assert_said_in_french(port: int) -> None:
    for address in (PAGE, "/admin/", "/nulle-part/", "/emargement/1/"):
        page = get(port, address, Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345")
        assert page.status == 503, address
        assert page.headers["Retry-After"] == "5"
        assert page.headers["Cache-Control"] == "no-store"
        assert "momentanément indisponible" in page.text  # type: ignore[attr-defined]
    data = get(port, "/api/v1/sessions/", Accept="application/json")
    assert data.status == 503
    assert data.headers["Content-Type"] == "application/json"
    part = get(port, "/calendrier/?q=x", HX_Request="true", Cookie="sessionid=abc")
    assert (part.status, part.headers["HX-Redirect"]) == (503, "/calendrier/?q=x")


def test_a_database_that_refuses_cuts_hangs_and_is_full(own: Cluster, stand: Stand, session: int) -> None:
    answers = Answers()
    everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'escale'"

    def healed() -> None:
        back = time.monotonic()
        post(stand.port, session, f"healed-{back}@example.org", answers)
        while answers.statuses[-1][1] != 302:
            assert time.monotonic() - back < WITHIN
            post(stand.port, session, f"healed-{back}@example.org", answers)

    # Connections cut in the middle of transactions.
    with crowd(stand.port, session, people=3) as cut:
        for _ in range(10):
            own.execute(everybody)
            time.sleep(0.1)
    answers.acknowledged += cut.acknowledged
    assert set(cut.counted()) <= {302, 503}
    healed()
    # No more connection than none.
    kept = f"/sessions/{session}/"
    time.sleep(1)  # what the registrations changed is known: the page is made once more, and kept
    assert get(stand.port, kept).status == 200
    own.execute("ALTER ROLE escale CONNECTION LIMIT 0")
    own.execute(everybody)
    eventually(lambda: get(stand.port, PAGE).status == 503, "too many connections")
    assert get(stand.port, kept).status == 200, "a kept page needs no database"
    own.execute("ALTER ROLE escale CONNECTION LIMIT -1")
    healed()
    # A statement that hangs behind another's lock.
    with own.connect() as holder, holder.transaction():
        holder.execute("LOCK TABLE events_session IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        post(stand.port, session, "late@example.org", answers)
        assert answers.statuses[-1][1] in (302, 503)
        assert get(stand.port, f"/sessions/{session}/inscription/", Cookie="sessionid=x").status == 503
        assert time.monotonic() - began < 4
    healed()
    # A disk without room.
    own.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON events_message FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    post(stand.port, session, "full@example.org", answers)
    assert answers.statuses[-1][1] == 503
    own.execute("DROP FUNCTION full_disk CASCADE")
    healed()
    assert_whole(own, session, answers)
    figures = get(stand.port, "/metrics", Authorization="Bearer word").text  # type: ignore[attr-defined]
    for kind in ("away", "slow", "full"):
        assert f'escale_unavailable_total{{kind="{kind}"}}' in figures
