"""``{% kept %}``: a part that many pages share is made once, until something changes."""

import pytest
from django.template import Context, Template
from pytest_django import Settings

from common import page_generation

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.usefixtures("own_cache"),
]
PART = Template("{% load keeping %}{% kept 'part' number %}<b>{{ text }}</b>{% endkept %}")


@pytest.fixture
def own_cache(settings: Settings, request: pytest.FixtureRequest) -> None:
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.name}
    settings.CACHES = {**settings.CACHES, "pages": local}
    page_generation.renew()


def said(number: object, text: str) -> str:
    return PART.render(Context({"number": number, "text": text}))


def test_a_part_is_made_once_for_all_pages_and_stays_what_it_was() -> None:
    assert said(1, "un & un") == "<b>un &amp; un</b>"
    assert said(1, "deux") == "<b>un &amp; un</b>"


def test_another_part_of_the_key_is_another_part() -> None:
    said(1, "un")
    assert said(2, "deux") == "<b>deux</b>"


def test_a_change_makes_it_anew() -> None:
    said(1, "un")
    page_generation.renew()
    assert said(1, "deux") == "<b>deux</b>"


def test_what_is_somebodys_own_is_never_kept() -> None:
    assert said("", "à Camille") == "<b>à Camille</b>"
    assert said("", "à Dominique") == "<b>à Dominique</b>"
