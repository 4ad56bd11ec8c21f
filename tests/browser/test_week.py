"""The rest of a coordinator's week: write to people, print the sheet, close attendance, hand in a report."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from events.domain.outbox import deliver_due
from events.models import Session
from members.domain.organisations import name_coordinator, open_organisation
from tests.browser.conftest import DESK, PICTURES
from tests.browser.test_journey import World
from tests.factories import make_activity, make_home, make_registration, make_session, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any, open_page: Any, look: Any) -> World:
    return World(live_server.url, open_page, look)


@pytest.fixture
def session() -> Session:
    make_home()
    organisation = open_organisation(
        name="CPTS du port", short_name="CPTS port", slug="port", email="port@example.org", by=None
    )
    activity = make_activity(organisation, title="Café du port")
    return make_session(activity, title="Sophrologie", capacity=8)


@pytest.fixture
def page(world: World, session: Session) -> Page:
    """The desk of somebody who coordinates the session."""
    coordinator = make_user(email="coordination.port@example.org", first_name="Coco")
    name_coordinator(organisation=session.activity.organisation, user=coordinator, by=None)
    page = world.open_page(DESK)
    world.sign_in(page, coordinator)
    return page


def kept(page: Page, name: str, click: Callable[[], None]) -> Path:
    """The file that ``click`` downloads, kept beside the pictures."""
    with page.expect_download() as download:
        click()
    path = PICTURES / name
    download.value.save_as(path)
    return path


def over(session: Session) -> None:
    """Time passes: the session ended an hour ago."""
    shift = timezone.now() - timedelta(hours=1) - session.ends_at
    moved = {"starts_at": F("starts_at") + shift, "ends_at": F("ends_at") + shift}
    session.slots.update(**moved)
    Session.objects.filter(pk=session.pk).update(**moved)


def words(path: Path) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(path).pages))


def test_people_are_written_to_and_the_sheet_is_printed(world: World, page: Page, session: Session) -> None:
    for name in ("Ana", "Bea"):
        make_registration(session, first_name=name, last_name="Martin", email=f"{name.lower()}@example.org")
    page.goto(f"{world.url}/admin/sessions/inspect/{session.pk}/")
    page.get_by_role("link", name="Écrire aux personnes").click()
    page.get_by_label("Confirmées (2)").check()
    page.get_by_label("Objet").fill("Où se garer")
    page.get_by_role("textbox", name="Texte").fill("Bonjour {prénom}, le parking est fermé.")
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    expect(page.get_by_text("{prénom} n’existe pas.")).to_be_visible()
    expect(page.get_by_label("Objet")).to_have_value("Où se garer")  # nothing typed is lost
    page.get_by_role("textbox", name="Texte").fill("Bonjour {prenom}, le parking est fermé.")
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    world.look(page, "week-1-reading-again")
    page.get_by_role("button", name="Envoyer à 2 personnes").click()
    expect(page.get_by_text("Le message part vers 2 personnes.")).to_be_visible()
    deliver_due()
    written = [message for message in mail.outbox if message.subject.strip() == "Où se garer"]
    assert sorted(message.to for message in written) == [["ana@example.org"], ["bea@example.org"]]
    assert any("Bonjour Ana, le parking est fermé." in message.body for message in written)
    assert all(message.reply_to == ["port@example.org"] for message in written)

    sheet = page.get_by_role("link", name=re.compile("Feuille à imprimer"))
    printed = words(kept(page, "week-sheet.pdf", sheet.click))
    assert "Sophrologie" in printed
    assert "Martin Ana" in printed
    assert "example.org" not in printed


def test_attendance_is_closed_and_the_report_handed_over(world: World, page: Page, session: Session) -> None:
    for number in range(6):
        make_registration(session, first_name=f"P{number}", email=f"p{number}@example.org")
    over(session)
    page.goto(f"{world.url}/admin/")
    sheets = page.locator(".escale-home-part").filter(has_text="Feuilles à clore")
    sheets.get_by_role("link", name="Sophrologie").click()
    present = page.get_by_label("Présent·e")
    for number in range(5):
        present.nth(number).check()
    page.get_by_label("Absent·e").nth(5).check()
    page.get_by_role("button", name="Enregistrer et clore la feuille").click()
    page.get_by_role("button", name="Clore définitivement").click()
    expect(page).to_have_url(re.compile("/emargement/[0-9]+/$"))

    page.goto(f"{world.url}/admin/bilan/")
    expect(page.get_by_text("5 participations pour 8 places")).to_be_visible()
    world.look(page, "week-2-report")
    pdf = kept(page, "week-report.pdf", page.get_by_role("button", name="PDF d’une page").click)
    assert len(PdfReader(pdf).pages) == 1
    said = words(pdf)
    assert "CPTS du port" in said
    assert "5 participations pour 8 places" in said
    assert "example.org" not in said
    workbook = kept(page, "week-report.xlsx", page.get_by_role("button", name="Classeur XLSX").click)
    assert load_workbook(workbook).sheetnames
