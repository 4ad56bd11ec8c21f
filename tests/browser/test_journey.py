"""The whole chain on a phone: register, wait, be promoted, sign in, rate, certificate, verify."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db.models import F
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from events.domain.outbox import deliver_due
from events.models import SealedResponse, Session
from members.models import User
from tests.factories import make_coordinator, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class World:
    """A server, its visitors, and what lands in their mailboxes."""

    def __init__(self, url: str, open_page: Callable[..., Page], look: Callable[..., None]) -> None:
        self.url, self.open_page, self.look = url, open_page, look

    def register(self, session: Session, first_name: str, email: str) -> Page:
        page = self.open_page()
        page.goto(f"{self.url}/sessions/{session.pk}/")
        page.get_by_label("Prénom").fill(first_name)
        page.get_by_label("Nom", exact=True).fill("Martin")
        page.get_by_label("Adresse e-mail").fill(email)
        page.get_by_label("Profession").select_option("60")
        page.get_by_role("button", name=re.compile("Réserver ma place|Rejoindre la liste")).click()
        expect(page).to_have_url(re.compile("/merci/"))
        return page

    def link(self, to: str, containing: str) -> str:
        """The latest link to ``to`` whose address contains ``containing``, on this server."""
        deliver_due()
        bodies = [m.body for m in mail.outbox if m.to == [to]]
        found = [url for body in bodies for url in re.findall(r"https?://\S+", body) if containing in url]
        assert found, f"no {containing} link among {len(bodies)} messages"
        return self.url + urlsplit(found[-1]).path

    def sign_in(self, page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}]
        )


@pytest.fixture
def world(live_server, open_page, look) -> World:
    return World(live_server.url, open_page, look)


def an_hour_in(session: Session) -> None:
    """Time passes: the session began an hour ago."""
    shift = timezone.now() - timedelta(hours=1) - session.starts_at
    session.slots.update(starts_at=F("starts_at") + shift, ends_at=F("ends_at") + shift)
    Session.objects.filter(pk=session.pk).update(
        starts_at=F("starts_at") + shift, ends_at=F("ends_at") + shift
    )


def test_from_a_full_session_to_a_verified_certificate(world: World) -> None:
    session = make_session(days=2, capacity=1)
    coordinator = make_coordinator(session.activity.organisation)

    page = world.register(session, "Ana", "ana@example.org")
    expect(page.get_by_role("main")).to_contain_text("Votre place est réservée")
    world.look(page, "1-confirmed")
    page = world.register(session, "Bérénice", "berenice@example.org")
    expect(page.get_by_role("main")).to_contain_text("liste d’attente")
    world.look(page, "2-waiting")

    personal = world.link("ana@example.org", "/inscriptions/")
    page = world.open_page()
    page.goto(personal)
    world.look(page, "3-personal")
    page.get_by_text("Me désister", exact=True).click()
    page.get_by_role("button", name="Oui, je me désiste").click()
    expect(page.get_by_role("main")).to_contain_text("vous ne venez plus")
    world.look(page, "4-withdrawn")
    page.goto(world.link("berenice@example.org", "/inscriptions/"))
    expect(page.get_by_role("main")).to_contain_text("confirmée")

    an_hour_in(session)
    page = world.open_page()
    world.sign_in(page, coordinator)
    page.goto(f"{world.url}/emargement/{session.slots.get().pk}/")
    page.get_by_label("Présent·e").first.check()
    world.look(page, "5-attendance")
    page.get_by_role("button", name="Enregistrer et clore la feuille").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clore la feuille")
    world.look(page, "6-closing")
    page.get_by_role("button", name="Clore définitivement").click()
    expect(page).to_have_url(re.compile("/emargement/[0-9]+/$"))
    world.look(page, "7-closed")

    page = world.open_page()
    page.goto(world.link("berenice@example.org", "/avis/"))
    page.get_by_role("radio", name="9", exact=True).check()
    page.get_by_label(re.compile("commentaire|ajouter|mot", re.I)).last.fill("Merci, cela fait du bien.")
    world.look(page, "8-survey")
    page.get_by_role("button", name="Envoyer mon avis").click()
    expect(page).to_have_url(re.compile("/avis/merci/$"))
    world.look(page, "9-thanks")
    assert SealedResponse.objects.count() == 1
    page.goto(world.link("berenice@example.org", "/avis/"))
    expect(page.get_by_role("button", name="Envoyer mon avis")).to_have_count(0)

    answer = page.request.get(world.link("berenice@example.org", "/attestations/"))
    assert answer.headers["content-type"] == "application/pdf"
    text = PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert "Bérénice Martin" in text
    number = session.registrations.get(first_name="Bérénice").certificates.get().number
    page.goto(f"{world.url}/attestations/")
    page.get_by_role("textbox", name=re.compile("numéro", re.I)).fill(number.lower())
    page.get_by_role("button", name=re.compile("Vérifier", re.I)).click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("valable|valide", re.I))
    expect(page.get_by_role("main")).not_to_contain_text("berenice@example.org")
    world.look(page, "10-verified")


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(world: World) -> None:
    session = make_session()
    page = world.open_page()
    page.goto(f"{world.url}/sessions/{session.pk}/")
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Adresse e-mail").fill("pas une adresse")
    page.get_by_role("button", name="Réserver ma place").click()
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("pas une adresse")
    expect(page.get_by_role("alert")).to_be_visible()
    world.look(page, "11-errors")
