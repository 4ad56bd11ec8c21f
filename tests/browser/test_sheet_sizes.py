"""The sheet in one hand: targets for a thumb, words inside their boxes, and a bar that hides nobody."""

from typing import Any

import pytest
from playwright.sync_api import expect

from events.models import Session
from tests.browser.test_journey import World, an_hour_in
from tests.factories import make_coordinator, make_registration, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
# Each target too small, or whose words touch its border (an empty list: none).
CRAMPED = """() => {
  const targets = ".sheet .row label, .sheet-bar :is(a, button, input), .tools a, .everybody button";
  const shown = [...document.querySelectorAll(targets)].filter((one) => one.checkVisibility());
  const words = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return range.getBoundingClientRect();
  };
  return shown.filter((one) => {
    const box = one.getBoundingClientRect(), text = words(one);
    const tight = one.matches("label") && (text.left - box.left < 4 || box.right - text.right < 4);
    return box.width < 44 || box.height < 44 || tight;
  }).map((one) => one.textContent.trim() || one.id);
}"""
UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".sheet-bar").getBoundingClientRect();
  const last = document.activeElement.closest("label").getBoundingClientRect();
  return last.bottom > bar.top && last.top < bar.bottom;
}"""


@pytest.fixture
def world(live_server: Any, open_page: Any, look: Any) -> World:
    return World(live_server.url, open_page, look)


@pytest.fixture
def session() -> Session:
    made = make_session(days=2)
    for number in range(9):
        make_registration(made, first_name=f"Ana{number}", email=f"ana{number}@example.org", profession="50")
    an_hour_in(made)
    return made


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (844, 390)])
def test_a_phone_holds_the_sheet(world: World, session: Session, width: int, height: int) -> None:
    page = world.open_page()
    world.sign_in(page, make_coordinator(session.activity.organisation))
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{world.url}/emargement/{session.slots.get().pk}/")
    expect(page.locator("[data-status-text]")).to_have_text("Tout est enregistré.")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CRAMPED) == []
    for row in range(9):
        page.locator(".sheet fieldset").nth(row).locator("input[type=radio]").first.focus()
        assert page.evaluate(UNDER_THE_BAR) is False
