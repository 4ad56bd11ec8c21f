"""The calendar in a browser: filtering without leaving the page, and without a script."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import DESK, PHONE
from tests.factories import make_activity, make_organisation, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sessions() -> None:
    havre = make_activity(make_organisation(name="CPTS Grand Havre", short_name="Havre", slug="havre"))
    caen = make_activity(make_organisation(name="CPTS Caen Couronne", short_name="Caen", slug="caen"))
    for days in (3, 30, 31):
        make_session(havre, days=days, title=f"Sophrologie {days}")
    make_session(caen, days=45, title="Écrire pour déposer", city="Caen")


@pytest.mark.usefixtures("sessions")
def test_results_follow_what_is_typed_and_chosen(
    live_server: LiveServer, open_page: Callable[..., Page], look: Callable[..., None]
) -> None:
    page = open_page(DESK)
    page.goto(f"{live_server.url}/calendrier/")
    expect(page.locator("#compte")).to_contain_text("4 sessions à venir")
    page.get_by_label("Un mot, une ville").press_sequentially("ecrire", delay=20)
    expect(page.locator("#compte")).to_contain_text("1 session à venir")
    expect(page.locator("#filtre-q")).to_be_focused()  # what is typed goes on being typed
    expect(page).to_have_url(f"{live_server.url}/calendrier/?q=ecrire")
    page.get_by_label("Structure", exact=True).focus()
    page.get_by_label("Structure", exact=True).select_option("havre")
    expect(page.locator("#compte")).to_contain_text("Aucune session à venir", ignore_case=True)
    expect(page.get_by_label("Structure", exact=True)).to_be_focused()
    look(page, "calendrier-vide-1280")
    page.locator(".active").get_by_role("link", name="« ecrire »").click()
    expect(page.locator("#compte")).to_contain_text("3 sessions à venir")
    expect(page).to_have_url(f"{live_server.url}/calendrier/?structure=havre")
    page.go_back()
    expect(page.locator("#compte")).to_contain_text("Aucune", ignore_case=True)
    page.go_back()
    expect(page.locator("#compte")).to_contain_text("1 session à venir")


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("sessions")
def test_every_face_of_the_calendar_pleases_axe(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    look: Callable[..., None],
    width: dict[str, int],
    scheme: str,
) -> None:
    make_session(days=-3, title="Passée")
    page = open_page(width)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    month = f"{timezone.localdate() + timedelta(days=30):%Y-%m}"
    for name, address in {
        "liste": "?structure=havre&places=1",
        "mois": f"?vue=mois&mois={month}",
        "non-sens": "?du=2026-02-30&structure=nulle",
        "passees": "passees/",
    }.items():
        page.goto(f"{live_server.url}/calendrier/{address}")
        look(page, f"calendrier-{name}-{width['width']}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width["width"]


@pytest.mark.usefixtures("sessions")
def test_without_a_script_the_form_has_its_button(live_server: LiveServer, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/calendrier/")
    expect(page.get_by_label("Structure", exact=True)).to_be_hidden()
    page.get_by_text("Filtrer").click()
    page.get_by_label("Structure", exact=True).select_option("caen")
    page.get_by_role("button", name="Voir les sessions").click()
    expect(page.locator("#compte")).to_contain_text("1 session à venir")
    page.get_by_role("link", name="Mois").click()
    expect(page.locator(".days, .nothing").first).to_be_visible()
    context.close()
