"""``make bench`` lasts too long for every day: here, that it runs and owes what was promised."""

from pathlib import Path

import pytest

from events.domain.report import report
from tests.benchmarks import server, table
from tests.benchmarks.__main__ import FURTHER, OWED
from tests.benchmarks.keys import TARGETS
from tests.benchmarks.load import loading
from tests.benchmarks.parts import PARTS
from tests.benchmarks.report import fill, people_of
from tests.factories import make_activity

pytestmark = pytest.mark.one_engine

PROMISED = [
    *("burst_oversold", "burst_errors", "burst_p95_ms", "burst_floor_ratio"),
    *("open_per_s", "open_floor_ratio"),
    *("page_uncached_per_s", "page_cached_per_s", "page_floor_ratio"),
    *("checkin_per_s", "checkin_floor_ratio"),
    *("export_csv_s", "export_xlsx_s", "export_rss_mb"),
    *("certificate_ms", "certificate_batch_ms"),
    "feed_500_ms",
    "report_1m_s",
    *("worker_rss_mb", "startup_s"),
]


def test_every_figure_that_was_promised_has_a_target_and_somebody_who_measures_it() -> None:
    assert list(TARGETS) == PROMISED
    assert set(PARTS) == {*OWED, *FURTHER}
    code = "".join(path.read_text() for path in Path(server.__file__).parent.glob("*.py"))
    written = code.replace("export_{kind}_s", "export_csv_s export_xlsx_s")
    assert [key for key in PROMISED if written.count(key) < 2] == []  # its target, and its measure


def test_the_table_says_what_is_met_and_what_was_not_measured() -> None:
    told = table.as_text(
        {"sqlite": {"startup_s": 2.5, "burst_p95_ms": 900}, "postgresql": {"startup_s": 3.5}}
    )
    assert [line.split() for line in told.splitlines()[1:]] == [
        ["burst_p95_ms", "900", "—", "≤", "500", "non"],
        ["startup_s", "2.5", "3.5", "≤", "3", "SQLite", "seulement"],
    ]


@pytest.mark.django_db
def test_visitors_of_the_floor_are_all_answered_and_it_sells_no_seat_twice() -> None:
    with server.floor([4], entries=2) as served, loading() as load:
        told = load.rush(served.port, "register_bare", [(1, f"n{n}") for n in range(6)], at_once=4)
        marked = load.rush(served.port, "tap_bare", [([1, 2], ("", "present"))], at_once=1)
        lost = load.rush(served.port, "look", [("/nowhere/", 1.0)], at_once=1)
    assert (len(told.visits), told.errors) == (6, [])
    assert [visit["marks"] for visit in marked.visits] == [2]
    assert lost.errors == ["page 404"]


@pytest.mark.django_db
def test_rows_that_the_database_writes_by_itself_count_as_participations() -> None:
    activity = make_activity()
    fill(activity, 200, people_of(60))
    found = report(activities=[activity])
    assert (found.sessions, found.participations, found.participants) == (4, 200, 60)
