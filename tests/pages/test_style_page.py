"""The style page: for maintainers, complete, and its colours are readable."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from wagtail.models import Site

from pages.domain.style_guide import contrast, contrasts, icons
from tests import factories

pytestmark = pytest.mark.one_engine

CSS = Path(django_settings.BASE_DIR) / "site" / "static" / "escale" / "css"
INCLUDES = Path(django_settings.BASE_DIR) / "templates" / "includes"
SHARED = ("components", "forms", "blocks")
CLASS = re.compile(r"\.(-?[a-zA-Z][\w-]*)")

# Of one page or the frame of all: shown there, or part of a drawing.
ELSEWHERE = {
    "account-menu", "account-page", "bar", "bare", "beam", "beam-stop", "beside", "boat", "brand",
    "condition", "deep", "demo", "disc", "facts", "far", "find-link", "five", "flow", "foot",
    "full", "glint", "gull", "halo", "hero", "hull", "intro", "jib", "line", "logo", "mast", "menu",
    "menu-button", "menu-close", "mid", "narrow", "near", "night", "notices", "off", "page-head",
    "plain-list", "qr", "question", "questions", "red", "rock", "row", "sail", "skip", "sky",
    "slots", "split", "stay", "tower", "visually-hidden", "wide-only",
}  # fmt: skip
# Frames of the page, error pages, and parts that only their own page can fill.
NOT_PIECES = {
    "accessibility_state.html", "retention_periods.html",
    "body.html", "brand.html", "errors.html", "figures.html", "footer.html", "header.html",
    "incident.html", "night.html", "open_graph.html", "styles.html",
}  # fmt: skip


@pytest.fixture
def text(home: object, settings: Any) -> str:
    settings.DEMO = True
    factories.make_activity()
    Site.clear_site_root_paths_cache()
    return Client().get("/style/").content.decode()


def test_only_maintainers_open_it(home: object, client: Client, settings: Any) -> None:
    assert client.get("/style/").status_code == 404
    client.force_login(factories.make_user())
    assert client.get("/style/").status_code == 404
    client.force_login(factories.make_admin())
    assert client.get("/style/").status_code == 200
    settings.DEMO = True
    assert Client().get("/style/").status_code == 200


@pytest.mark.parametrize("name", SHARED)
def test_every_class_of_the_shared_sheets_is_on_it(text: str, name: str) -> None:
    css = re.sub(r"/\*.*?\*/|\"[^\"]*\"|url\([^)]*\)", "", (CSS / f"{name}.css").read_text(), flags=re.S)
    selectors = " ".join(re.findall(r"([^{};]+)\{", css))
    shown = {each for value in re.findall(r'class="([^"]*)"', text) for each in value.split()}
    assert sorted(set(CLASS.findall(selectors)) - shown - ELSEWHERE) == []


def test_every_shared_include_is_on_it() -> None:
    parts = Path(django_settings.BASE_DIR) / "templates" / "pages" / "style"
    said = "".join(path.read_text() for path in parts.glob("*.html"))
    said += (INCLUDES / "session_card.html").read_text() + (INCLUDES / "seats.html").read_text()
    missing = [p.name for p in INCLUDES.glob("*.html") if f"includes/{p.name}" not in said]
    assert sorted(set(missing) - NOT_PIECES) == []


def test_every_icon_and_both_themes_are_on_it(text: str) -> None:
    assert all(f"#{name}" in text for name in icons())
    assert text.count("theme-light") == text.count("theme-dark") > 5


def test_words_are_readable_by_day_and_by_night() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert [(pair.text, pair.ground) for pair in contrasts() if not pair.is_enough] == []
