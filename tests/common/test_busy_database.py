"""A transaction that the database undid is said to its author, who may try again."""

import sqlite3
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from common.outages import is_busy
from events.domain import registration
from tests.factories import make_session


def undone(cause: Exception) -> OperationalError:
    error = OperationalError("text that may quote rows")
    error.__cause__ = cause
    return error


def locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


@pytest.mark.parametrize(
    "cause",
    [psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure(), locked()],
)
def test_what_may_succeed_when_tried_again_is_known(cause: Exception):
    assert is_busy(undone(cause))


@pytest.mark.parametrize(
    "cause", [psycopg.errors.ConnectionFailure(), sqlite3.OperationalError("no such table")]
)
def test_a_database_that_is_gone_is_not_said_to_be_busy(cause: Exception):
    assert not is_busy(undone(cause))


@pytest.mark.django_db
def test_whoever_loses_a_deadlock_reads_in_french_that_nothing_was_stored(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    def lose(**_facts: Any) -> None:
        raise undone(psycopg.errors.DeadlockDetected())

    monkeypatch.setattr(registration, "register", lose)
    session = make_session()
    form = {
        "first_name": "Camille",
        "last_name": "Martin",
        "email": "camille@example.org",
        "profession": "60",
    }
    response = client.post(f"/sessions/{session.pk}/inscription/", form)
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "rien de cette dernière demande n’a été enregistré" in response.content.decode()
