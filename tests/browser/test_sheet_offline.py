"""The sheet on a phone whose network is cut: nothing is lost, nothing is noted twice, conflicts are shown."""

from typing import Any

import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Site

from certificates.domain.closing import close_sheet
from common.middleware import BusyDatabase
from events.domain.attendance import mark
from events.domain.room_code import room_token
from events.models import Attendance, Registration, Session, Slot
from members.models import User
from tests.browser.conftest import PHONE
from tests.browser.test_journey import World, an_hour_in
from tests.factories import make_coordinator, make_home, make_registration, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
State = Attendance.State
KEPT = """caches.open("escale-emargement-1").then((kept) => kept.keys())
    .then((requests) => requests.map((each) => each.url))"""


@pytest.fixture
def world(live_server: Any, open_page: Any, look: Any) -> World:
    return World(live_server.url, open_page, look)


@pytest.fixture
def session() -> Session:
    made = make_session(days=2)
    for first_name in ("Ana", "Bea", "Zoé"):
        make_registration(
            made, first_name=first_name, last_name="Martin", email=f"{first_name[0]}@example.org"
        )
    an_hour_in(made)
    return made


@pytest.fixture
def slot(session: Session) -> Slot:
    return session.slots.get()


@pytest.fixture
def coordinator(session: Session) -> User:
    return make_coordinator(session.activity.organisation)


def opened(world: World, slot: Slot, user: User) -> Page:
    """The sheet, kept by the service worker."""
    page = world.open_page()
    world.sign_in(page, user)
    page.goto(f"{world.url}/emargement/{slot.pk}/")
    expect(status(page)).to_have_text("Tout est enregistré.")
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, f"{KEPT}.then((urls) => urls.includes(location.href))")
    until(page, f"{KEPT}.then((urls) => urls.some((url) => /sheet[.a-z0-9]*[.]js$/.test(url)))")
    return page


def until(page: Page, condition: str) -> None:
    """Playwright's own wait needs « unsafe-eval », which our policy refuses."""
    for _attempt in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never: {condition}")


def status(page: Page) -> Any:
    return page.locator("[data-status-text]")


def row(page: Page, name: str) -> Any:
    return page.locator("[data-row]").filter(has_text=name)


def tap(page: Page, name: str, state: str) -> None:
    row(page, name).get_by_text(state).click()


def stands(session: Session) -> dict[str, tuple[str, int | None]]:
    rows = Attendance.objects.filter(slot__session=session)
    return {
        name: (state, minutes)
        for name, state, minutes in rows.values_list("registration__first_name", "state", "minutes")
    }


def add(page: Page, name: str, email: str) -> None:
    page.get_by_role("link", name="Ajouter").click()
    page.get_by_label("Prénom et nom").fill(name)
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Ajouter, présent·e").click()


def test_marks_and_newcomers_wait_on_the_phone_and_are_sent_once(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    page.context.set_offline(True)
    tap(page, "Ana", "Présent·e")
    tap(page, "Bea", "En retard")
    row(page, "Bea").get_by_role("button", name="30 min").click()
    tap(page, "Zoé", "Absent·e")
    tap(page, "Zoé", "Excusé·e")
    add(page, "Lou Vasseur", "lou@example.org")
    expect(status(page)).to_contain_text("Pas de réseau\u00a0: 4\u00a0pointages gardés sur cet appareil.")
    world.look(page, "sheet-offline")
    assert stands(session) == {}

    page.reload()  # still without a network
    expect(row(page, "Ana").get_by_label("Présent·e")).to_be_checked()
    expect(row(page, "Bea").get_by_label("Minutes de présence")).to_have_value("90")
    expect(row(page, "Bea").get_by_role("button", name="30 min")).to_be_visible()
    expect(row(page, "Zoé").get_by_label("Excusé·e")).to_be_checked()
    expect(page.get_by_text("Lou Vasseur")).to_be_visible()
    expect(status(page)).to_contain_text("4\u00a0pointages gardés")
    world.look(page, "sheet-offline-reloaded")

    page.context.set_offline(False)
    expect(row(page, "Lou Vasseur")).to_be_visible()  # the server's own list
    expect(status(page)).to_have_text("Tout est enregistré.")
    assert stands(session) == {
        "Ana": (State.PRESENT, None),
        "Bea": (State.LATE, 90),
        "Zoé": (State.EXCUSED, None),
        "Lou": (State.PRESENT, None),
    }
    page.reload()
    expect(status(page)).to_have_text("Tout est enregistré.")
    assert Registration.objects.filter(session=session, email="lou@example.org").count() == 1
    assert page.evaluate("JSON.stringify(localStorage)").count("lou@example.org") == 0


def test_what_was_sent_but_never_acknowledged_is_noted_once(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    lost: list[int] = []

    def swallow(route: Any) -> None:
        """The server hears it, the phone does not hear the server."""
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.context.route("**/envoi/", swallow)
    tap(page, "Ana", "Présent·e")
    add(page, "Lou Vasseur", "lou@example.org")
    expect(row(page, "Lou Vasseur")).to_be_visible(timeout=30_000)
    expect(status(page)).to_have_text("Tout est enregistré.")
    assert lost == [200, 200]
    assert stands(session) == {"Ana": (State.PRESENT, None), "Lou": (State.PRESENT, None)}
    assert Registration.objects.filter(session=session, email="lou@example.org").count() == 1


def test_what_somebody_else_noted_meanwhile_stands_until_one_chooses(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    ana = session.registrations.get(first_name="Ana")
    bea = session.registrations.get(first_name="Bea")
    page = opened(world, slot, coordinator)
    page.context.set_offline(True)
    tap(page, "Ana", "Présent·e")
    tap(page, "Bea", "Présent·e")
    mark(slot=slot, marks={ana.pk: State.ABSENT, bea.pk: State.EXCUSED}, by=coordinator)

    page.context.set_offline(False)
    expect(row(page, "Ana").get_by_role("alert")).to_contain_text("Vous aviez noté «\u00a0Présent·e\u00a0»")
    assert stands(session)["Ana"] == (State.ABSENT, None)
    world.look(page, "sheet-conflict")
    row(page, "Ana").get_by_role("button", name="Noter «\u00a0Présent·e\u00a0»").click()
    row(page, "Bea").get_by_role("button", name="Garder «\u00a0Excusé·e\u00a0»").click()
    expect(page.locator(".clash")).to_have_count(0)
    expect(status(page)).to_have_text("Tout est enregistré.")
    assert stands(session) == {"Ana": (State.PRESENT, None), "Bea": (State.EXCUSED, None)}


def test_closing_waits_for_what_is_still_being_sent(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    held: list[Any] = []
    page.context.route("**/envoi/", lambda route: held.append(route) if not held else route.continue_())
    tap(page, "Ana", "Présent·e")
    page.wait_for_timeout(600)
    [sending] = held
    tap(page, "Bea", "Présent·e")
    page.get_by_role("button", name="Enregistrer et clore la feuille").click()
    page.wait_for_timeout(300)
    sending.continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clore la feuille\u00a0?")
    assert stands(session) == {"Ana": (State.PRESENT, None), "Bea": (State.PRESENT, None)}


def test_a_sheet_closed_meanwhile_says_what_was_not_sent_and_leaves_the_phone(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    page.context.set_offline(True)
    tap(page, "Ana", "Présent·e")
    expect(status(page)).to_contain_text("1\u00a0pointage gardé sur cet appareil")
    close_sheet(slot=slot, by=coordinator)

    page.context.set_offline(False)
    told, again = page.locator("[data-unsent]"), page.get_by_role("link", name="Réessayer")
    expect(told.or_(again)).to_be_visible()
    if again.is_visible():  # Chromium told the page before its worker that the network is back
        again.click()
    expect(told).to_contain_text("Ana Martin")
    world.look(page, "sheet-closed-meanwhile")
    told.get_by_role("button", name="J’ai vérifié").click()
    expect(told).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pas de réseau")
    assert "Martin" not in page.content()
    page.context.set_offline(False)
    again.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Pas de réseau")


def test_signing_out_takes_every_name_from_the_phone(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    home = make_home()
    Site.objects.update(root_page=home)
    Site.clear_site_root_paths_cache()
    assert "Martin" in page.evaluate("caches.match(location.href).then((kept) => kept.text())")
    page.goto(f"{world.url}/compte/logout/")
    page.get_by_role("button", name="Me déconnecter").click()
    page.wait_for_url(f"{world.url}/")
    assert page.evaluate("caches.keys().then((keys) => keys.length)") == 0
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_minutes_that_cannot_be_are_said_and_noted_nowhere(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    """Without minutes the whole slot counts: what is out of range must not become that in silence."""
    page = opened(world, slot, coordinator)

    def type_minutes(text: str) -> None:
        row(page, "Ana").get_by_role("spinbutton").fill(text)
        row(page, "Ana").get_by_role("spinbutton").blur()

    def noted(minutes: int | None) -> None:
        for _attempt in range(100):
            if stands(session).get("Ana") == ("left", minutes):
                return
            page.wait_for_timeout(100)
        pytest.fail(f"never: {minutes} in {stands(session)}")

    tap(page, "Ana", "Parti")
    type_minutes("60")
    noted(60)
    type_minutes("1300")
    expect(row(page, "Ana").get_by_role("alert")).to_contain_text("vont de 1 à 120")
    expect(row(page, "Ana").get_by_role("spinbutton")).to_have_value("1300")
    tap(page, "Bea", "Présent")
    expect(status(page)).to_have_text("Tout est enregistré.")
    noted(60)
    expect(row(page, "Ana").get_by_role("spinbutton")).to_have_value("1300")
    type_minutes("45")
    noted(45)
    expect(row(page, "Ana").get_by_role("alert")).to_have_count(0)


def test_searching_finds_a_name_without_its_accents(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = opened(world, slot, coordinator)
    page.get_by_label("Chercher un nom").fill("zoe")
    expect(row(page, "Zoé")).to_be_visible()
    expect(row(page, "Ana")).to_be_hidden()
    page.get_by_label("Chercher un nom").fill("zoe x")
    expect(page.get_by_text("Personne de ce nom sur la liste")).to_be_visible()


def test_somebody_who_signs_in_on_their_own_phone_shows_on_the_sheet(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    sheet = opened(world, slot, coordinator)
    own = world.open_page()
    own.goto(f"{world.url}/ici/{room_token(slot=slot)}/")
    world.look(own, "here")
    own.get_by_label("L’adresse e-mail de votre inscription").fill("Z@example.org ")
    own.get_by_role("button", name="Je suis là").click()
    expect(own.get_by_role("heading", level=1)).to_contain_text("Merci, c’est reçu")
    expect(row(sheet, "Zoé").get_by_label("Présent·e")).to_be_checked(timeout=15_000)


def test_a_browser_that_keeps_nothing_still_notes_marks(
    world: World, session: Session, slot: Slot, coordinator: User
) -> None:
    page = world.open_page()
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    world.sign_in(page, coordinator)
    page.goto(f"{world.url}/emargement/{slot.pk}/")
    tap(page, "Ana", "Présent·e")
    expect(status(page)).to_have_text("Tout est enregistré.")
    until(page, "fetch('etat/').then((answer) => answer.text()).then((text) => text.includes('present'))")
    assert stands(session) == {"Ana": (State.PRESENT, None)}


def test_a_server_in_trouble_shows_the_sheet_that_the_phone_kept(
    world: World,
    session: Session,
    slot: Slot,
    coordinator: User,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = browser.new_context(viewport=PHONE)  # where a 503 is what we want to see
    page = opened(World(world.url, context.new_page, world.look), slot, coordinator)
    asked: list[int] = []

    def away(*_: Any, **__: Any) -> HttpResponse:
        asked.append(503)
        return HttpResponse("<h1>La marée est trop basse</h1>", status=503)

    monkeypatch.setattr(BusyDatabase, "__call__", away)
    page.reload()
    expect(row(page, "Ana")).to_be_visible()
    tap(page, "Ana", "Présent·e")
    expect(status(page)).to_contain_text("1\u00a0pointage gardé sur cet appareil")
    assert asked
    monkeypatch.undo()
    expect(status(page)).to_have_text("Tout est enregistré.", timeout=30_000)
    assert stands(session) == {"Ana": (State.PRESENT, None)}
    context.close()
