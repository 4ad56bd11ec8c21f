"""The page of an outcome is made once for many, and each reads their own."""

from typing import Any

import pytest
from django.test import Client

from events.models import Session
from events.views import outcome_page
from tests.factories import make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture(autouse=True)
def _pages_are_kept(settings: Any, request: pytest.FixtureRequest) -> None:
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.name}
    settings.CACHES = {**settings.CACHES, "pages": local}


def enter(session: Session, name: str, client: Client | None = None) -> str:
    typed = {"first_name": "Zoé", "last_name": name, "email": f"{name}@example.org", "profession": "60"}
    answer = (client or Client()).post(f"/sessions/{session.pk}/inscription/", typed, follow=True)
    assert answer.status_code == 200
    return str(answer.text)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made, in order."""
    pages: list[str] = []
    make = outcome_page._made

    def noting(*args: Any) -> str:
        pages.append(make(*args))
        return pages[-1]

    monkeypatch.setattr(outcome_page, "_made", noting)
    return pages


def test_people_who_wait_read_their_own_rank_and_address_on_a_page_made_once(made: list[str]) -> None:
    session = make_session(capacity=1)
    assert "Votre place est réservée" in enter(session, "un")
    for rank, name in enumerate(("deux", "trois", "quatre"), 1):
        page = enter(session, name)
        assert f"Vous êtes en position {rank}." in page
        assert f"<strong>{name}@example.org</strong>" in page
        assert "\ue000" not in page
        others = {"un", "deux", "trois", "quatre"} - {name}
        assert not [other for other in others if f"{other}@example.org" in page]
    assert len(made) == 2
    assert not [page for page in made if "@example.org</strong>" in page]


def test_an_address_is_shown_as_it_was_typed(made: list[str]) -> None:
    session = make_session()
    for address in ("l'ami&co@example.org", "zoe+a&b@example.org"):
        typed = {"first_name": "Zoé", "last_name": "Roux", "email": address, "profession": "60"}
        page = Client().post(f"/sessions/{session.pk}/inscription/", typed, follow=True).text
        assert f"<strong>{address.replace('&', '&amp;').replace(chr(39), '&#x27;')}</strong>" in page


def test_whoever_is_signed_in_gets_a_page_of_their_own(made: list[str]) -> None:
    session = make_session()
    client = Client()
    client.force_login(make_user(email="zoe@example.org"))
    assert "Mon espace" in enter(session, "zoe", client)
    assert "Se connecter" in enter(session, "un")
    assert len(made) == 2
