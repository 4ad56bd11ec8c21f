"""The administration under its Content-Security-Policy: editors, choosers and previews still work."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.factories import make_activity, make_admin, make_question_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server, open_page: Callable[..., Page], settings) -> tuple[Page, list[str], str]:
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(make_admin())
    page = open_page(DESK)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    refused: list[str] = []
    page.on("console", lambda said: "Content Security" in said.text and refused.append(said.text))
    return page, refused, live_server.url


def test_a_page_is_edited_and_previewed(desk: tuple[Page, list[str], str]) -> None:
    page, refused, url = desk
    page.goto(f"{url}/admin/pages/{make_activity().pk}/edit/")
    page.get_by_role("button", name="Choisir une image").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Fermer").first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Afficher/masquer la prévisualisation").click()
    frame = page.frame_locator("[data-side-panel='preview'] iframe").first
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Café des Soignants")
    assert refused == []


def test_a_question_is_added_to_a_set(desk: tuple[Page, list[str], str]) -> None:
    page, refused, url = desk
    made = make_question_set({"label": "Un repas ?"})
    page.goto(f"{url}/admin/questions/edit/{made.pk}/")
    before = page.locator("[data-inline-panel-child]").count()
    page.locator("#id_questions-ADD").click()
    expect(page.locator("[data-inline-panel-child]")).to_have_count(before + 1)
    assert refused == []
