"""Sharing a session in a real browser: what a script adds, and what works without one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from events.domain.roles import RoleLine, set_roles
from events.domain.session_agenda import AgendaLine, set_agenda
from events.models import Session
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session() -> Session:
    made = factories.make_session(title="Deux jours pour souffler", address="1 quai de Southampton")
    people = [RoleLine("intervention", "Une patiente partenaire", "", "Enseignante", "Aucun lien d’intérêt.")]
    set_roles(session=made, roles=people, by=None)
    lines = [
        AgendaLine(made.starts_at, "Accueil", made.starts_at + timedelta(minutes=30), "Hall"),
        AgendaLine(made.starts_at + timedelta(minutes=30), "Débat", None, "Salle 1", "Un récit.", (0,)),
    ]
    set_agenda(session=made, lines=lines, by=None)
    return made


def test_the_address_is_copied_and_it_is_said(
    live_server: Any, session: Session, open_page: Callable[..., Page], look: Callable[..., None]
) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/sessions/{session.pk}/")
    page.get_by_role("button", name="Copier le lien").click()
    page.get_by_text("Lien copié.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/sessions/{session.pk}/")
    assert all(url.startswith(live_server.url) for url in asked)
    look(page, "session-programme-390")


def test_at_320_pixels_nothing_is_cut(
    live_server: Any, session: Session, open_page: Callable[..., Page]
) -> None:
    set_agenda(session=session, lines=[AgendaLine(session.starts_at, "T" * 160, room="R" * 80)], by=None)
    page = open_page({"width": 320, "height": 700})
    page.goto(f"{live_server.url}/sessions/{session.pk}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_a_script_one_may_write_to_a_colleague(
    live_server: Any, session: Session, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/sessions/{session.pk}/")
    assert not page.get_by_role("button", name="Copier le lien").is_visible()
    assert page.get_by_role("link", name="Envoyer par e-mail").is_visible()
    context.close()
