"""Registering with a keyboard alone, without JavaScript, in one tap, and when something is wrong."""

import re
import time
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Site

from events.domain.outbox import deliver_due
from events.models import Registration, Session
from members.models import User
from tests.factories import make_activity, make_home, make_registration, make_session, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUS = """() => {
  const it = document.activeElement;
  const around = [it, it.parentElement || it, it.closest('.card') || it].map((at) => getComputedStyle(at));
  const shown = around.some((each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) >= 2);
  const box = it.getBoundingClientRect();
  return {
    tag: it.tagName, id: it.id, text: (it.innerText || it.value || '').trim(), shown,
    onScreen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
}"""


class Keyboard:
    """Tab, Enter, Space and letters: every stop must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: str, *, by: str = "text") -> None:
        seen = []
        for _ in range(80):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUS)
            if stop["tag"] == "BODY":
                continue
            assert stop["shown"], f"no visible focus on {stop}"
            assert stop["onScreen"], f"focus out of sight on {stop}"
            seen.append(stop[by])
            if re.search(wanted, stop[by]):
                return
        pytest.fail(f"« {wanted} » not reached; stops: {seen}")

    def type(self, field: str, text: str) -> None:
        self.to(f"^{field}$", by="id")
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


def at_home() -> Session:
    session = make_session(days=5, title="Sophrologie du soir")
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()
    return session


def personal_path(to: str) -> str:
    deliver_due()
    bodies = [message.body for message in mail.outbox if message.to == [to]]
    return re.findall(r"https?://[^/\s]+(/inscriptions/\S+)", bodies[-1])[-1]


def test_from_home_to_confirmed_to_withdrawn_with_the_keyboard_alone(
    live_server, open_page: Callable[..., Page], look: Callable[..., None]
) -> None:
    at_home()
    page = open_page({"width": 1280, "height": 900})
    page.goto(live_server.url)
    keys = Keyboard(page)
    keys.to("Sophrologie du soir")
    keys.press("Enter")
    page.wait_for_url("**/sessions/*/")
    keys.type("id_first_name", "Zoé")
    keys.type("id_last_name", "Martin")
    keys.type("id_email", "zoe@example")
    keys.type("id_profession", "Infirm")
    keys.to("Réserver ma place")
    keys.press("Enter")
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.locator("#erreurs")).to_be_focused()
    keys.to("Adresse e-mail")  # the link of the summary
    keys.press("Enter")
    expect(page.get_by_label("Adresse e-mail")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(".org")
    keys.press("Enter")
    page.wait_for_url("**/merci/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre place est réservée")
    expect(page.get_by_role("main")).to_be_focused()

    page.goto(live_server.url + personal_path("zoe@example.org"))
    keys.to("Me désister")
    keys.press("Space")
    keys.to("Oui, je me désiste")
    keys.press("Space")
    expect(page.get_by_role("main")).to_contain_text("vous ne venez plus")
    look(page, "keyboard-withdrawn")
    assert Registration.objects.get().state == "withdrawn"


def test_everything_works_without_javascript(browser: Browser, live_server) -> None:
    sessions = [make_session(activity, days=5) for activity in [make_activity()]]
    sessions.append(make_session(sessions[0].activity, days=9, title="Écriture"))
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{live_server.url}/sessions/{sessions[0].pk}/")
    page.get_by_role("link", name="S’inscrire à plusieurs dates").click()
    page.get_by_label(re.compile("Écriture")).check()
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_role("button", name="M’inscrire aux dates cochées").click()
    expect(page.locator("#erreurs")).to_be_visible()
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    page.get_by_label("Nom", exact=True).fill("Martin")
    page.get_by_label("Adresse e-mail").fill("zoe@example.org")
    page.get_by_label("Profession").select_option("60")
    page.get_by_role("button", name="M’inscrire aux dates cochées").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C’est enregistré")
    page.goto(live_server.url + personal_path("zoe@example.org"))
    page.get_by_text("Me désister", exact=True).click()
    page.get_by_role("button", name="Oui, je me désiste").click()
    expect(page.get_by_role("main")).to_contain_text("vous ne venez plus")
    context.close()
    assert sorted(Registration.objects.values_list("state", flat=True)) == ["confirmed", "withdrawn"]


def test_signed_in_it_takes_at_most_four_taps_from_home_and_one_form(
    live_server, open_page: Callable[..., Page], look: Callable[..., None]
) -> None:
    at_home()
    user = make_user(profession="60", first_name="Ana")
    page = open_page()
    sign_in(page, live_server.url, user)
    page.goto(live_server.url)
    taps, begin = 0, time.monotonic()
    for step in (
        lambda: page.get_by_role("link", name="Sophrologie du soir").first.click(),
        lambda: page.get_by_role("button", name="Réserver ma place").click(),
    ):
        step()
        taps += 1
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre place est réservée")
    seconds = time.monotonic() - begin
    assert taps <= 4
    assert seconds < 60, "under a minute, on any machine"
    look(page, "one-tap")
    assert Registration.objects.get().user == user


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_state_of_the_form_passes_axe(
    browser: Browser, live_server, look: Callable[..., None], theme: str
) -> None:
    session = make_session(capacity=1)
    other = make_session(session.activity, days=20, title="Écriture")
    make_registration(session)
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/sessions/{session.pk}/")
    look(page, f"form-queue-{theme}")
    page.get_by_role("button", name="Rejoindre la liste d’attente").click()
    look(page, f"form-errors-{theme}")
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("Martin")
    page.get_by_label("Adresse e-mail").fill("zoe@example.org")
    page.get_by_label("Profession").select_option("60")
    page.get_by_role("button", name="Rejoindre la liste d’attente").click()
    look(page, f"outcome-waiting-{theme}")
    page.goto(f"{live_server.url}/sessions/{other.pk}/")
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    look(page, f"form-remembered-{theme}")
    page.goto(f"{live_server.url}/inscriptions/plusieurs/?s={session.pk}&s={other.pk}")
    look(page, f"several-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Ce n’est pas moi").click()
    expect(page.get_by_label("Prénom")).to_have_value("")
    context.close()


def sign_in(page: Page, url: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
