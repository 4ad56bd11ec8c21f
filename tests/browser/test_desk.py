"""The coordinator's desk: a session fills up, somebody is let in, another moved, then all is cancelled."""

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from events.domain.outbox import deliver_due
from members.domain.organisations import name_coordinator, open_organisation
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_journey import World
from tests.factories import make_activity, make_home, make_session, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any, open_page: Any, look: Any) -> World:
    return World(live_server.url, open_page, look)


def told(address: str) -> list[str]:
    deliver_due()
    return [message.subject for message in mail.outbox if message.to == [address]]


def test_a_session_fills_is_arranged_and_cancelled(world: World) -> None:
    make_home()
    organisation = open_organisation(
        name="CPTS du port", short_name="CPTS port", slug="port", email="port@example.org", by=None
    )
    activity = make_activity(organisation, title="Café du port")
    coordinator = make_user(email="coordination.port@example.org", first_name="Coco")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    session = make_session(activity, title="Sophrologie", capacity=1)
    later = make_session(activity, title="Plus tard", days=40)
    for name in ("Ana", "Bea", "Cleo"):
        world.register(session, name, f"{name.lower()}@example.org")

    page = world.open_page(DESK)
    world.sign_in(page, coordinator)
    page.goto(f"{world.url}/admin/")
    expect(page.get_by_text("complet, 2 personnes attendent.")).to_be_visible()
    world.look(page, "desk-1-home")
    page.get_by_role("link", name=re.compile("Ajouter des places")).click()
    expect(page.get_by_role("heading", name="Liste d’attente (2)")).to_be_visible()
    world.look(page, "desk-2-full-session")

    page.get_by_role("link", name="Faire passer Cleo Martin").click()
    page.get_by_role("button", name="Confirmer cette personne").click()
    expect(page.get_by_text("Indiquez pourquoi cette personne passe avant les autres.")).to_be_visible()
    page.get_by_label("Raison").fill("Elle vient de loin.")
    world.look(page, "desk-3-promoting")
    page.get_by_role("button", name="Confirmer cette personne").click()
    expect(page.get_by_role("heading", name="Personnes confirmées (2)")).to_be_visible()
    assert any("confirmée" in subject for subject in told("cleo@example.org"))

    page.get_by_role("link", name="Déplacer Ana Martin vers une autre session").click()
    page.get_by_label("Vers la session").select_option(str(later.pk))
    world.look(page, "desk-4-moving")
    page.get_by_role("button", name="Déplacer vers cette session").click()
    expect(page.get_by_text(re.compile("Ana Martin passe à « Plus tard »"))).to_be_visible()
    assert later.registrations.get().email == "ana@example.org"

    page.goto(f"{world.url}/admin/inscriptions/")
    expect(page.get_by_text("bea@example.org")).to_be_visible()
    world.look(page, "desk-5-list")
    page.goto(f"{world.url}/admin/sessions/inspect/{session.pk}/")
    page.get_by_role("link", name="Annuler la session").click()
    page.get_by_label(re.compile("Motif")).fill("Salle fermée.")
    page.get_by_role("button", name="Annuler la session").click()
    expect(page.get_by_text(re.compile("est annulée")).first).to_be_visible()
    for name in ("bea", "cleo"):
        assert any("annulée" in subject for subject in told(f"{name}@example.org"))
    assert not any("annulée" in subject for subject in told("ana@example.org"))

    phone = world.open_page(PHONE)
    world.sign_in(phone, coordinator)
    phone.goto(f"{world.url}/admin/sessions/inspect/{later.pk}/")
    world.look(phone, "desk-6-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
