"""What every test may rely on; the environment itself is set in ``tests/environment.py``."""

import gc
import io
import logging
import os
import socket
from collections.abc import Iterator
from logging.config import dictConfig
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests import databases, factors
from tests.clock import paris
from tests.template_variables import MissingVariable


def pytest_configure(config: pytest.Config) -> None:
    # Hashing passwords is slow on purpose; here it would only be slow.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = MissingVariable()
    # Emptying the tables after a test that committed takes a second, and a fresh copy replaces them anyway.
    TransactionTestCase._fixture_teardown = lambda self: None
    _allow_only_loopback()
    factors.sign_in_with_both()
    hypothesis_settings.register_profile("escale", deadline=None, database=None, derandomize=True)
    hypothesis_settings.load_profile("escale")


# The longest tests, longest first: begun last, one of them would be what all workers wait for.
FIRST = (
    *("tests/nodes/", "tests/outages/", "test_contents_of_before", "test_report_tallies", "tests/crash/"),
    *("test_upgrade_path", "test_truth_of_certificates", "test_seat_", "test_attendance_property"),
    *("tests/concurrency/", "test_access_", "test_second_factor_sweep", "test_public_pages"),
    "test_leader_and_cafe",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the longest out, so that each worker begins with some of them: they get equal shares of the list.

    The others stay in random order; whoever has finished steals from who has not.
    """
    ranks = {item: next((n for n, name in enumerate(FIRST) if name in item.nodeid), None) for item in items}
    longest = sorted((item for item in items if ranks[item] is not None), key=lambda item: ranks[item] or 0)
    others = [item for item in items if ranks[item] is None]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    dealt: list[pytest.Item] = []
    for number in range(workers):
        mine, left = longest[number::workers], len(items) - len(dealt)
        room = left // (workers - number) - len(mine)
        dealt += [*mine, *others[: max(0, room)]]
        del others[: max(0, room)]
    items[:] = [*dealt, *others]


def pytest_collection_finish() -> None:
    """Look for garbage rarely, and never among what is there to stay: else a tenth of the time goes there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _allow_only_loopback() -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host not in ("localhost", "::1") and not host.startswith("127."):
                self.close()
                raise AssertionError(f"A test reached for the network: {host}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]


# As it was when this process began, whatever becomes of the code meanwhile.
TEMPLATE: list[str] = []


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Each worker has its own copy of the migrated template, on either engine."""
    connection = connections["default"]
    with django_db_blocker.unblock():
        TEMPLATE.append(databases.install(connection.settings_dict))
        yield
        connections.close_all()
        databases.remove(connection.settings_dict)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After a test that commits, the next one finds again what the migrations put there."""
    result = yield
    marker = item.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    commits = commits or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
    if commits and getattr(item, "funcargs", None):  # else it was skipped, and opened no database
        connections.close_all()
        databases.restore(connections["default"].settings_dict, TEMPLATE[0])
    return result


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits live in the cache and must not travel from test to test, nor end in the middle of one."""
    cache.clear()
    monkeypatch.setattr("common.limits.window", lambda _seconds: 0)


@pytest.fixture(autouse=True)
def _today(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mark ``today(2027, 1, 20, 12)`` the clock goes on from there, for tests that name dates."""
    mark = request.node.get_closest_marker("today")
    if mark:
        real, since = timezone.now, paris(*mark.args) - timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: real() + since)


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test changes it sees at once; tests/common/test_page_cache.py tells of the rest between."""
    monkeypatch.setattr("common.page_generation.REST", 0.0)
    monkeypatch.setattr("common.page_generation._Known.rests_until", 0.0)
    monkeypatch.setattr("common.page_generation._Known.until", 0.0)  # the cache was emptied


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the server's console shows, with the settings' own filters, levels and formats."""
    dictConfig(settings.LOGGING)
    console = next(h for h in logging.getLogger().handlers if h.name == "console")
    shown = io.StringIO()
    monkeypatch.setattr(console, "stream", shown)
    return shown
