"""An outage is a 503 wherever it is met, in the form that the visitor's program reads."""

import errno
import sqlite3
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from common.database_waits import postgresql_waits
from common.outages import outage
from common.page_cache import PublicPages

pytestmark = pytest.mark.one_engine
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
ROW = "Key (email)=(camille@example.org)"


def by_database(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    error = kind(ROW)
    error.__cause__ = cause
    return error


def by_sqlite(name: str) -> Exception:
    cause = sqlite3.OperationalError(ROW)
    cause.sqlite_errorname = name
    return by_database(cause)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (by_database(psycopg.errors.ConnectionFailure()), "away"),
        (by_database(psycopg.OperationalError("connection refused")), "away"),
        (by_database(psycopg.errors.AdminShutdown()), "away"),
        (by_database(psycopg.errors.CannotConnectNow()), "away"),
        (by_database(psycopg.errors.TooManyConnections()), "away"),
        (by_database(psycopg.errors.IoError()), "away"),
        (by_database(psycopg.InterfaceError("the connection is closed"), InterfaceError), "away"),
        (InterfaceError("connection already closed"), "away"),
        (by_database(psycopg.errors.DiskFull()), "full"),
        (by_database(psycopg.errors.QueryCanceled()), "slow"),
        (by_database(psycopg.errors.IdleInTransactionSessionTimeout(), InternalError), "slow"),
        (by_database(psycopg.errors.ReadOnlySqlTransaction(), InternalError), "read-only"),
        (by_database(psycopg.errors.LockNotAvailable()), "busy"),
        (by_sqlite("SQLITE_BUSY_SNAPSHOT"), "busy"),
        (by_sqlite("SQLITE_FULL"), "full"),
        (by_sqlite("SQLITE_READONLY_DBMOVED"), "read-only"),
        (by_sqlite("SQLITE_IOERR_WRITE"), "away"),
        (by_sqlite("SQLITE_CANTOPEN"), "away"),
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (by_sqlite("SQLITE_ERROR"), ""),
        (by_database(psycopg.errors.UndefinedTable(), ProgrammingError), ""),
        (OSError(errno.EACCES, "Permission denied"), ""),
        (ValueError(ROW), ""),
    ],
)
def test_each_outage_is_told_from_a_fault_of_ours(error: Exception, kind: str) -> None:
    assert outage(error) == kind


def test_an_outage_that_led_to_another_error_is_one() -> None:
    other = UpdateError()
    other.__context__ = by_sqlite("SQLITE_FULL")
    assert outage(other) == "full"


def refuse(*_: Any, **__: Any) -> None:
    raise by_database(psycopg.errors.AdminShutdown())


def visitor() -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "abcdefghijklmnopqrstuvwxyz012345"
    return client


def assert_says_so(response: Any) -> None:
    assert response.status_code == 503
    assert "momentanément indisponible" in response.content.decode()
    assert ROW not in response.content.decode()


def test_a_session_that_cannot_be_loaded_is_a_503(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(SessionStore, "load", refuse)
    assert_says_so(visitor().get("/compte/login/"))


def test_a_session_that_cannot_be_stored_is_a_503_and_not_a_bad_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "SESSION_SAVE_EVERY_REQUEST", True)
    monkeypatch.setattr(SessionStore, "load", lambda _: {"x": 0})

    def save(*_: Any, **__: Any) -> None:
        try:
            refuse()
        except OperationalError:
            raise UpdateError  # noqa: B904 as Django does

    monkeypatch.setattr(SessionStore, "save", save)
    assert_says_so(visitor().get("/sante/vivant/"))


def test_an_error_in_any_middleware_is_a_503(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr(PublicPages, "__call__", refuse)
    assert_says_so(visitor().get("/sante/vivant/"))


def test_programs_get_what_they_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicPages, "__call__", refuse)
    data = visitor().get("/api/v1/sessions/")
    assert data.status_code == 503
    assert "indisponible" in data.json()["error"]
    sheet = visitor().post("/emargement/1/envoi/", "{}", content_type="application/json")
    assert "après avoir regardé" in sheet.json()["error"]
    part = visitor().get("/calendrier/?q=a b", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/calendrier/?q=a%20b"


def test_a_fault_of_ours_stays_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError(ROW)

    monkeypatch.setattr(PublicPages, "__call__", fail)
    assert visitor().get("/sante/vivant/").status_code == 500


def test_the_page_asks_nothing_of_the_database(
    django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        for said in ("undone", "read", "write"):
            assert "Escale" in render_to_string("503.html", {"said": said})


def test_only_limits_that_are_set_are_asked_of_postgresql() -> None:
    assert postgresql_waits(lock=0, statement=0, idle=0) == {}
    assert postgresql_waits(lock=10, statement=0, idle=60) == {
        "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
    }
