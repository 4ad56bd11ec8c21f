"""A real Chromium, pictures of what it saw, and axe on each page."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
# Chromium otherwise calls home; the tests run without a network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    expect.set_options(timeout=15_000)
    assert found, "Chromium est introuvable : apt-get install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(width)``: a fresh visitor; a server error or a script error fails the test."""
    contexts = []
    problems: list[str] = []

    def opened(viewport: dict[str, int] = PHONE) -> Page:
        context = browser.new_context(viewport=viewport, locale="fr-FR", timezone_id="Europe/Paris")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # PostgreSQL is tested beside
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "response",
            lambda answer: answer.status >= 500 and problems.append(f"{answer.status} {answer.url}"),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def look() -> Callable[..., None]:
    """``look(page, "name")``: keep a picture under build/pictures and let axe judge the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def looked(page: Page, name: str) -> None:
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"

    return looked
