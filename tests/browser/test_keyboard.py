"""What a keyboard and a screen reader meet beyond the journey: the phone's menu, forms that come back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Site

from tests.factories import make_home

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page: Callable[..., Page], live_server: LiveServer) -> Page:
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()
    opened = open_page()
    opened.goto(live_server.url)
    return opened


def test_escape_closes_the_menu_and_gives_the_focus_back(page: Page) -> None:
    button = page.get_by_role("button", name="Menu", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Fermer le menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_menu_never_hides_what_has_the_focus(page: Page) -> None:
    page.get_by_role("button", name="Menu", exact=True).focus()
    page.keyboard.press("Enter")
    for _ in range(15):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.getElementById('menu').contains(document.activeElement)")
        if not inside:
            break
    assert not inside
    expect(page.locator("#menu")).to_be_hidden()


def test_the_focus_goes_to_the_summary_of_an_account_form_with_errors(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/compte/signup/")
    page.get_by_role("button", name="Recevoir mon code").click()
    expect(page.locator("#erreurs")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Adresse e-mail")).to_be_focused()
