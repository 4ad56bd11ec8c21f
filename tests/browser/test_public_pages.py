"""Every public page and form state: nothing that axe finds, nothing cut off, heavy, moving or foreign.

``PAGES=home,calendar pytest -m browser tests/browser/test_public_pages.py -n0`` looks at those only, and
keeps their pictures in build/pictures; ``PAGES=all`` keeps all of them, which takes longer.
"""

import gzip
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK, PHONE, PICTURES
from tests.browser.public_pages import PAGES, World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMED = os.environ.get("PAGES", "")
BUDGET = 100_000  # bytes on a first view, without pictures
HEADERS = 300  # of each answer, about
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SLICES = 4  # for the processes that share the pages
# What a theme changes is colours: all that axe knows is asked by day, contrasts again by night, on the
# width that shows every part of a page. Axe is in the page by then: putting it there costs as much.
CONTRASTS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


class Visit:
    """A fresh visitor, and what their browser said and asked on the way."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.context = browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce", **options
        )
        self.page: Any = self.context.new_page()
        self.page.base = url
        self.page.set_default_timeout(30_000)
        self.said: list[str] = []
        self.answers: list[Any] = []
        self.page.on("console", lambda line: line.type == "error" and self._hear(line.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("response", lambda answer: self.answers.append(answer))

    def _hear(self, text: str) -> None:
        if "status of 4" not in text:  # a page that answers 404 or 422 on purpose
            self.said.append(text)

    def hosts(self) -> set[str]:
        return {urlsplit(each.url).netloc for each in self.answers} - {""}

    def weight(self) -> int:
        """What the page and the files of its first view weigh as they travel, without pictures."""
        page = [each for each in self.answers if each.request.resource_type == "document"][-1]
        files = {each.url for each in self.answers if each.request.resource_type not in ("document", "image")}
        static = [urlsplit(url).path.removeprefix(settings.STATIC_URL) for url in files]
        sizes = [_packed(Path(finders.find(path) or "").read_bytes(), path) for path in static]
        return sum(sizes, _packed(page.body(), "html"))


def _packed(content: bytes, name: str) -> int:
    return HEADERS + len(content if name.endswith(".woff2") else gzip.compress(content))


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def visits(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Visit]]:
    # As many forms from one address as this sweep sends.
    settings.REGISTRATIONS_PER_ADDRESS = 10_000
    settings.ACCOUNT_RATE_LIMITS = False
    made: list[Visit] = []

    def visit(**options: Any) -> Visit:
        made.append(Visit(browser, live_server.url, **options))
        return made[-1]

    yield visit
    for each in made:
        each.context.close()


def chosen(part: int) -> list[str]:
    asked = "" if NAMED == "all" else NAMED
    return [name for name in PAGES if not asked or name in asked.split(",")][part::SLICES]


@pytest.mark.parametrize("part", range(SLICES))
def test_every_page_is_accessible_light_and_still(
    part: int, visits: Callable[..., Visit], world: World
) -> None:
    wrong = []
    for name in chosen(part):
        for viewport in (PHONE, DESK):
            visit = visits(viewport=viewport, color_scheme="light")
            visit.page.add_init_script(SHIFTS)
            PAGES[name](visit.page, world)
            where = f"{name} at {viewport['width']} px"
            wrong += [f"{where}: {each}" for each in _on_arrival(visit)]
            wrong += [f"{where}, {each}" for each in _in_each_theme(visit.page, name)]
            if viewport is PHONE:
                wrong += [f"{name}: {each}" for each in _when_narrow(visit.page)]
            visit.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["home", "session-full"])
def test_nothing_moves_when_the_fonts_come_late(
    name: str, visits: Callable[..., Visit], world: World
) -> None:
    visit = visits(viewport=PHONE)
    visit.page.add_init_script(SHIFTS)
    visit.page.route("**/*.woff2", _late)
    PAGES[name](visit.page, world)
    visit.page.evaluate("document.fonts.ready.then(() => 1)")
    assert visit.page.evaluate("window.shifts") < 0.01


def _late(route: Any) -> None:
    time.sleep(0.5)
    route.continue_()


def _on_arrival(visit: Visit) -> Iterator[str]:
    visit.page.evaluate("document.fonts.ready.then(() => 1)")
    if (shift := visit.page.evaluate("window.shifts")) >= 0.01:
        yield f"moves by {shift:.3f}"
    if (bytes_ := visit.weight()) > BUDGET:
        yield f"{bytes_:,} bytes"
    if foreign := visit.hosts() - {urlsplit(visit.page.base).netloc}:
        yield f"asks {foreign}"
    yield from visit.said


def _in_each_theme(page: Page, name: str) -> Iterator[str]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        if NAMED:
            width = (page.viewport_size or PHONE)["width"]
            page.screenshot(path=PICTURES / f"public-{name}-{width}-{theme}.png", full_page=True)
        for violation in _violations(page, theme):
            places = [node["target"] for node in violation["nodes"]][:3]
            yield f"{theme}: axe {violation['id']} {places}"


def _violations(page: Page, theme: str) -> list[Any]:
    if theme == "light":
        return list(Axe().run(page).response["violations"])
    if page.viewport_size != DESK:
        return []
    return list(page.evaluate("asked => axe.run(asked)", CONTRASTS)["violations"])


def _when_narrow(page: Page) -> Iterator[str]:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if (over := page.evaluate(OVERFLOW)) > 0:
        yield f"{over} px too wide with text at 200 %"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 320, "height": 640})
    if (over := page.evaluate(OVERFLOW)) > 0:
        yield f"{over} px too wide at 320 px"


@pytest.mark.parametrize("part", range(SLICES))
def test_every_page_works_without_javascript(part: int, visits: Callable[..., Visit], world: World) -> None:
    wrong = []
    visit = visits(viewport=PHONE, java_script_enabled=False)
    for name in chosen(part):
        visit.context.clear_cookies()  # the next visitor: without a script a page keeps nothing else
        PAGES[name](visit.page, world)
        headings = visit.page.get_by_role("heading", level=1).count()
        if headings != 1 or not visit.page.get_by_role("main").inner_text():
            wrong.append(f"{name}: {headings} first headings")
    assert not wrong, "\n".join(wrong)
