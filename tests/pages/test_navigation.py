"""The header and the footer lead to what editors publish."""

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from pages.domain.navigation import site_navigation
from pages.domain.standard_pages import add_standard_pages
from pages.models import ContentPage, HomePage, SiteSettings
from tests import factories

pytestmark = pytest.mark.one_engine


def titles() -> list[str]:
    return [entry.title for entry in site_navigation().menu]


def test_standard_pages_are_in_their_place(home: HomePage, client: Client) -> None:
    add_standard_pages(by=None)
    SiteSettings.objects.create(accessibility="partial")
    nav = site_navigation()
    assert titles() == ["Ressources", "Aide"]
    assert [entry.url for entry in nav.foot][:2] == ["/accessibilite/", "/mentions-legales/"]
    assert nav.foot[0].title.endswith("partiellement conforme")
    for entry in (*nav.menu, *nav.foot):
        assert client.get(entry.url).status_code == 200


def test_a_page_enters_the_menu_and_leaves_it_as_its_editor_says(home: HomePage) -> None:
    add_standard_pages(by=None)
    page = home.add_child(instance=ContentPage(title="L’exposition", slug="expo", show_in_menus=True))
    assert titles() == ["Ressources", "L’exposition", "Aide"]
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert "L’exposition" not in titles()
    restriction.delete()
    page.unpublish()
    assert "L’exposition" not in titles()


def test_help_stays_however_full_the_menu_is(home: HomePage) -> None:
    add_standard_pages(by=None)
    for n in range(6):
        home.add_child(instance=ContentPage(title=f"Page {n}", slug=f"page-{n}", show_in_menus=True))
    assert len(titles()) == 4
    assert titles()[-1] == "Aide"


@pytest.mark.django_db
def test_a_site_without_pages_keeps_the_addresses_that_the_law_wants() -> None:
    factories.make_home()
    assert "/accessibilite/" in [entry.url for entry in site_navigation().foot]
