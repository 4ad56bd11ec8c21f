"""One search for the whole site."""

import pytest
from django.test import Client
from modelsearch.index import insert_or_update_object
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction

from common.blocks import prose
from pages.models import ContentPage, HomePage
from tests import factories


@pytest.fixture
def help_page(home: HomePage) -> ContentPage:
    page = ContentPage(
        title="Ressources", slug="ressources", body=prose("<p>Une porte pour les internes.</p>")
    )
    home.add_child(instance=page)
    insert_or_update_object(page)  # a worker does so
    return page


def found(client: Client, question: str) -> str:
    response = client.get("/recherche/", {"q": question})
    assert response.status_code == 200
    return response.content.decode()


def test_it_finds_sessions_and_pages_without_their_accents(client: Client, help_page: ContentPage) -> None:
    activity = factories.make_activity(title="Café de l’étang")
    factories.make_session(activity, title="Sérénité au travail")
    text = found(client, "serenite")
    assert "Sérénité au travail" in text
    assert "Café de l’étang" in found(client, "etang")


def test_it_finds_what_a_page_says(client: Client, help_page: ContentPage) -> None:
    assert "Ressources</a>" in found(client, "internes")


def test_what_asks_for_a_password_or_is_a_draft_stays_out(client: Client, help_page: ContentPage) -> None:
    PageViewRestriction.objects.create(page=help_page, restriction_type="password", password="secret")
    assert "Ressources</a>" not in found(client, "internes")
    PageViewRestriction.objects.all().delete()
    help_page.unpublish()
    assert "Ressources</a>" not in found(client, "ressources")


@pytest.mark.parametrize(
    "question", ['"', "a\0b", "%00", "*", "(", "AND OR NOT", "10^20", "../", "x" * 500, "''"]
)
def test_nonsense_is_answered_with_a_page(client: Client, home: HomePage, question: str) -> None:
    assert "Rechercher" in found(client, question)


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(
    client: Client, home: HomePage, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = factories.make_activity()
    for n in range(number):
        factories.make_session(activity, days=5 + n, title=f"Sérénité {n}")
        home.add_child(instance=ContentPage(title=f"Sérénité {n}", slug=f"serenite-{n}"))
    found(client, "serenite")
    with django_assert_num_queries(10):
        found(client, "serenite ")
