"""Programs that watch: alive, ready, the figures for whoever has the word; never a name."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Message
from pages.domain import figures, readiness
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db
TOKEN = "word-of-the-watch"


def ask(client: Client, word: str = TOKEN) -> Any:
    return client.get("/metrics", headers={"Authorization": f"Bearer {word}"})


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(CursorWrapper, "execute", refuse)


def test_alive_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/sante/vivant/")
    assert response.json() == {"vivant": True}
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_ready_says_each_part_and_soon_costs_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    said = {"pret": True, "base": "ok", "migrations": "ok", "cache": "ok"}
    assert client.get("/sante/pret/").json() == said
    with django_assert_num_queries(1 if connection.vendor == "sqlite" else 4):  # with its savepoint
        assert client.get("/sante/pret/").json() == said


@pytest.mark.usefixtures("away")
def test_without_a_database_it_is_alive_and_not_ready(client: Client) -> None:
    assert client.get("/sante/vivant/").status_code == 200
    response = client.get("/sante/pret/")
    assert response.status_code == 503
    assert response.json()["base"] == "injoignable"


def test_a_database_of_another_version_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness._Known, "migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'events'")
    response = client.get("/sante/pret/")
    assert (response.status_code, response.json()["migrations"]) == (503, "en retard")


def test_without_a_cache_it_is_ready_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "cache", type("Empty", (), {"set": print, "get": lambda *_: None})())
    response = client.get("/sante/pret/")
    assert (response.status_code, response.json()["cache"]) == (200, "absent")


def test_figures_exist_only_for_whoever_has_the_word(client: Client, settings: Any) -> None:
    assert ask(client, "").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert ask(client).status_code == 200
    assert ask(client, "other").status_code == 404
    assert ask(client, "é").status_code == 404
    assert client.get("/metrics").status_code == 404


def test_figures_tell_what_waits_and_nobody_by_name(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    session = make_session(capacity=1, title="Sophrologie")
    make_registration(session=session, first_name="Camille", email="camille@example.org")
    call_command("run_due", verbosity=0)
    Message.objects.all().delete()
    figures.note_pass(seconds=1.5)
    text = ask(client).content.decode()
    assert "escale_messages_due 0.0" in text
    assert 'escale_registrations{state="confirmed"} 1.0' in text
    assert "escale_run_due_seconds 1.5" in text
    assert "escale_database_up 1.0" in text
    assert not re.search("camille|example.org|Sophrologie", text, re.IGNORECASE)


def test_figures_cost_the_same_however_much_there_is(
    client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.METRICS_TOKEN = TOKEN
    session = make_session()
    for count in (1, 2):
        for _ in range(count):
            make_registration(session=session)
        cache.delete(figures.HELD)
        with django_assert_num_queries(6):
            ask(client)
    with django_assert_num_queries(4):  # registrations were counted a moment ago
        ask(client)


@pytest.mark.usefixtures("away")
def test_figures_without_a_database_say_that_it_is_down(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert "escale_database_up 0.0" in ask(client).content.decode()
