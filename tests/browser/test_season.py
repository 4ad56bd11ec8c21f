"""A new coordinator publishes ten Cafés: how many gestures it takes, and how long a script needs for them."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import ActivityPage, Session
from tests.browser.conftest import DESK, PHONE, PICTURES
from tests.factories import make_activity, make_coordinator, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

YEAR = timezone.localdate().year + 1
MINUTES = 3


@pytest.fixture
def activity() -> ActivityPage:
    return make_activity(title="Café des Soignants")


@pytest.fixture
def arrive(activity: ActivityPage, live_server, open_page) -> Callable[..., Page]:
    """Somebody who coordinates the activity, on a page of the admin."""
    coordinator = make_coordinator(activity.organisation, first_name="Anne")
    coordinator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(coordinator)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def arrived(path: str, viewport: dict[str, int] = DESK) -> Page:
        page = open_page(viewport)
        page.context.add_cookies([cookie])
        page.goto(f"{live_server.url}{path}")
        return page

    return arrived


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_ten_cafes_are_published_in_well_under_three_minutes(activity, arrive, look) -> None:
    page = arrive("/admin/sessions/saison/")
    began = time.monotonic()
    page.get_by_label("À partir de").select_option(f"{YEAR}-09")
    page.get_by_label("Jusqu’à").select_option(f"{YEAR + 1}-06")
    page.get_by_label("Heure de début").fill("19:00")
    page.get_by_label("Places").fill("14")
    page.get_by_label("Lieu", exact=True).fill("Maison de santé du Rond-Point")
    page.get_by_label("Commune", exact=True).first.fill("Le Havre")
    page.get_by_label("Qui anime (nom affiché)").fill("Une psychologue")
    expect(page.locator("[data-season-status]")).to_contain_text("10 dates")
    row = page.locator("tbody tr").nth(9)
    expect(row.locator("input[name$=-name]")).to_have_value("Une psychologue")
    row.locator("input[name$=-title]").fill("Repas de fin d’année")
    typed = time.monotonic()
    look(page, "season-1-ten-dates")
    looked = time.monotonic() - typed
    page.get_by_role("button", name="Publier 10 sessions").click()
    expect(page.get_by_text("10 sessions publiées")).to_be_visible()
    took = time.monotonic() - began - looked
    assert took < MINUTES * 60 / 6, took  # somebody who reads takes some six times as long
    page.screenshot(path=PICTURES / "season-2-published.png")  # a page of its own, looked at elsewhere
    assert Session.objects.filter(status=Session.Status.PUBLISHED).count() == 10
    assert Session.objects.filter(title="Repas de fin d’année").count() == 1
    assert set(Session.objects.values_list("place_name", flat=True)) == {"Maison de santé du Rond-Point"}


def test_the_dates_follow_what_is_typed_and_ticks_are_counted(activity, arrive, look) -> None:
    page = arrive("/admin/sessions/saison/", PHONE)
    page.get_by_label("À partir de").select_option(f"{YEAR}-09")
    page.get_by_label("Jusqu’à").select_option(f"{YEAR + 1}-06")
    expect(page.get_by_role("button", name="Publier 10 sessions")).to_be_visible()
    page.locator("tbody input[name$=-keep]").first.uncheck()
    expect(page.get_by_role("button", name="Publier 9 sessions")).to_be_visible()
    expect(page.get_by_role("button", name="Créer 9 brouillons")).to_be_visible()
    page.get_by_label("Chaque").select_option("every")
    expect(page.locator("[data-season-status]")).to_contain_text("pendant les vacances scolaires")
    page.get_by_label("Sauf").fill("pas une date")
    expect(page.locator("[data-season-status]")).to_contain_text("n’est pas une date")
    expect(page.locator("tbody tr").first).to_be_visible()  # nothing typed is lost meanwhile
    page.get_by_label("Sauf").fill("")
    page.get_by_label("Chaque").select_option("3")
    expect(page.locator("[data-season-status]")).to_contain_text("10 dates")
    no_sideways_scroll(page)
    look(page, "season-3-phone")


def test_wrong_answers_are_shown_beside_their_fields(activity, arrive, look) -> None:
    page = arrive("/admin/sessions/saison/")
    page.get_by_label("À partir de").select_option(f"{YEAR}-09")
    page.get_by_label("Jusqu’à").select_option(f"{YEAR + 1}-06")
    expect(page.locator("[data-season-status]")).to_contain_text("10 dates")
    page.get_by_label("Places").fill("0")
    page.locator("tbody tr").nth(6).locator("input[name$=-hours]").fill("21h-19h")
    page.get_by_role("button", name="Publier 10 sessions").click()
    expect(page.get_by_text("Rien n’est créé")).to_be_visible()
    expect(page.get_by_text("La fin précède le début.")).to_be_visible()
    expect(page.locator("tbody tr").nth(6).locator("input[name$=-hours]")).to_have_value("21h-19h")
    look(page, "season-4-errors")
    assert not Session.objects.exists()


@pytest.mark.parametrize(("viewport", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_a_session_and_a_season_are_copied(activity, arrive, look, viewport, name) -> None:
    session = make_session(activity, title="Sophrologie")
    page = arrive(f"/admin/sessions/saison/copier/?activity={activity.pk}", viewport)
    no_sideways_scroll(page)
    look(page, f"season-5-copy-{name}")
    page.get_by_label("D’un nombre de semaines").check()
    page.get_by_label("Semaines", exact=True).fill("3")
    moved = timezone.localdate(session.starts_at) + timedelta(weeks=3)
    expect(page.locator("tbody input[type=date]")).to_have_value(moved.isoformat())
    page.get_by_role("button", name=re.compile("Créer 1 brouillon")).click()
    expect(page.get_by_text("1 brouillon créé")).to_be_visible()
    page = arrive(f"/admin/sessions/copier/{session.pk}/", viewport)
    no_sideways_scroll(page)
    look(page, f"season-6-copy-one-{name}")
    page.get_by_role("button", name="Copier en brouillon").click()
    expect(page).to_have_url(re.compile(r"/admin/sessions/(inspect|copier)/\d+/$"))
