"""An error of ours is told where to look, and nothing of whom it concerned."""

import io
import logging
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.management.commands.db_worker import Command as Worker

ROW = "Key (email)=(camille@example.org) already exists"
TOKEN = "12.1.secret-of-camille"


def broken(*_args: Any, **_kwargs: Any) -> None:
    raise ValueError(ROW)


def test_an_error_is_logged_with_its_place_and_without_any_name(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.views.registration.read_registration_token", broken)
    response = Client(raise_request_exception=False).get(f"/inscriptions/{TOKEN}/")
    assert response.status_code == 500
    told = lines.getvalue()
    assert "inscriptions/<str:token>/" in told
    assert "ValueError" in told
    assert "in broken" in told
    assert "camille" not in told


def test_a_missing_page_is_not_worth_a_line(lines: io.StringIO, db: None) -> None:
    assert Client().get(f"/nulle-part/{TOKEN}/").status_code == 404
    assert not lines.getvalue()


def test_the_worker_tells_of_what_failed_and_not_of_each_task(lines: io.StringIO) -> None:
    # It sets these two loggers to INFO when it starts, whatever the settings say.
    Worker().configure_logging(verbosity=1)
    for name in ("django_tasks", "django_tasks_db"):
        logging.getLogger(name).info("state=SUCCESSFUL")
        logging.getLogger(name).error("state=FAILED")
    assert "SUCCESSFUL" not in lines.getvalue()
    assert lines.getvalue().count("FAILED") == 2
