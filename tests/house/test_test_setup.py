"""The tests' own set-up keeps its promises."""

import socket

import pytest
from django.template import engines
from django.test import Client
from wagtail.models import Locale, Site

from common.models import BasePage
from members.models import User
from pages.models import ContentPage
from tests.factories import make_home, put_below

pytestmark = pytest.mark.one_engine


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_starts_with_what_the_migrations_created(turn: int) -> None:
    assert Site.objects.get().root_page
    assert Locale.objects.count() == 1
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_nothing_behind(turn: int) -> None:
    assert Site.objects.exists()
    assert not User.objects.exists()
    User.objects.create_user("quelqu-un@example.org")


def test_the_network_is_out_of_reach() -> None:
    with pytest.raises(AssertionError, match="network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_missing_variable_in_a_template_of_another_project_is_tolerated() -> None:
    assert engines["django"].from_string("{{ nothing.here|default:'—' }}").render({}) == "—"


@pytest.mark.django_db
def test_an_unknown_address_gets_a_404(client: Client) -> None:
    assert client.get("/aucune-page-ici/").status_code == 404


@pytest.mark.django_db
def test_a_page_put_below_is_what_wagtail_would_have_added() -> None:
    home = make_home()
    ours = put_below(home, ContentPage(title="Une page", slug="une"))
    theirs = home.add_child(instance=ContentPage(title="Une page", slug="autre"))

    own = {"id", "basepage_ptr", "path", "url_path", "slug", "translation_key"}
    ours, theirs = ContentPage.objects.get(pk=ours.pk), ContentPage.objects.get(pk=theirs.pk)
    for field in ContentPage._meta.concrete_fields:
        if field.name not in own:
            assert getattr(ours, field.attname) == getattr(theirs, field.attname), field.name
    assert ours.url_path == theirs.url_path.replace("/autre/", "/une/")
    assert ours.get_next_sibling().pk == theirs.pk
    assert BasePage.find_problems() == ([], [], [], [], [])
