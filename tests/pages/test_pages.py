"""Every page answers, carries the help line, and loads nothing from elsewhere."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import ActivityPage, Session
from pages.models import ContentPage, HomePage
from tests.factories import make_activity, make_organisation, make_session
from trainings.models import TrainingPage

pytestmark = pytest.mark.one_engine

HOME_QUERIES = 9
ORGANISATION_QUERIES = 11
ACTIVITY_QUERIES = 14


@pytest.fixture
def activity(home: HomePage) -> ActivityPage:
    organisation = make_organisation(slug="cpts-du-port", short_name="CPTS du Port")
    return make_activity(organisation, slug="cafe", title="Café du Port")


def _sessions(activity: ActivityPage, count: int) -> None:
    for n in range(count):
        make_session(activity, days=10 + n, title=f"Atelier {n}")
        make_session(activity, days=-10 - n, title=f"Édition {n}")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", HOME_QUERIES),
        ("/cpts-du-port/", ORGANISATION_QUERIES),
        ("/cpts-du-port/cafe/", ACTIVITY_QUERIES),
    ],
)
def test_a_page_asks_as_much_of_the_database_for_three_sessions_as_for_one(
    client: Client,
    activity: ActivityPage,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
    count: int,
) -> None:
    _sessions(activity, count)
    client.get(path)  # Wagtail keeps the root paths of its sites
    with django_assert_num_queries(queries):
        response = client.get(path)
    assert response.status_code == 200
    assert f"Atelier {count - 1}" in response.content.decode()


def test_an_activity_shows_what_is_to_come_and_what_has_been(client: Client, activity: ActivityPage) -> None:
    _sessions(activity, 1)
    make_session(activity, title="Encore secret", status=Session.Status.DRAFT)
    text = client.get("/cpts-du-port/cafe/").content.decode()
    assert "Atelier 0" in text
    assert "Édition 0" in text
    assert "Encore secret" not in text


def test_a_cancelled_session_says_so_and_is_not_the_next_date(client: Client, activity: ActivityPage) -> None:
    make_session(activity, days=5, title="Tombée à l’eau", status=Session.Status.CANCELLED)
    make_session(activity, days=9, title="Maintenue")
    text = client.get("/cpts-du-port/cafe/").content.decode()
    assert "Annulée" in text
    aside = text.split("<aside", 1)[1].split("</aside>", 1)[0]
    assert "Maintenue" in aside
    assert "Tombée" not in aside


def test_an_activity_without_dates_says_whom_to_write_to(client: Client, activity: ActivityPage) -> None:
    assert activity.organisation.email in client.get("/cpts-du-port/cafe/").content.decode()


def test_a_training_shows_its_objectives_and_hours(client: Client, activity: ActivityPage) -> None:
    parent = activity.get_parent()
    parent.add_child(
        instance=TrainingPage(
            title="Leader",
            slug="leader",
            summary="Trois matinées",
            organisation=activity.organisation,
            objectives="Situer\n\nOrienter",
            hours="10.5",
        )
    )
    text = client.get("/cpts-du-port/leader/").content.decode()
    assert "<li>Situer</li><li>Orienter</li>" in text
    assert "10 h 30" in text


def test_a_session_card_says_when_what_where_and_how_many_places(
    client: Client, activity: ActivityPage
) -> None:
    make_session(activity, title="Respirer", capacity=12)
    card = client.get("/").content.decode().split('<article class="card', 1)[1].split("</article>", 1)[0]
    order = [card.index(part) for part in ('class="date"', "Respirer", "Le Havre", "12 places")]
    assert order == sorted(order)


PUBLIC_PATHS = [
    "/",
    "/cpts-du-port/",
    "/cpts-du-port/cafe/",
    "/mentions-legales/",
    "/calendrier/",
    "/compte/login/",
    "/compte/login/code/",
    "/compte/signup/",
    "/compte/password/reset/",
    "/cette-page-n-existe-pas/",
]


@pytest.fixture
def get(client: Client, home: HomePage, activity: ActivityPage) -> Callable[[str], str]:
    home.add_child(
        instance=ContentPage(title="Mentions légales", slug="mentions-legales", body="<p>Texte</p>")
    )
    make_session(activity)
    return lambda path: client.get(path).content.decode()


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_every_page_carries_the_help_line_and_the_accessibility_statement(
    get: Callable[[str], str], path: str
) -> None:
    text = get(path)
    assert text.count('href="tel:+33608282589"') >= 2
    assert "Accessibilité : non conforme" in text
    assert '<a class="skip" href="#contenu">' in text
    assert text.count("<h1") == 1
    assert '<html lang="fr">' in text


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_no_page_loads_anything_from_another_host_or_styles_inline(
    get: Callable[[str], str], path: str
) -> None:
    text = get(path)
    loaded = re.findall(
        r'<(?:link(?! rel="canonical")|script|img|iframe|use|source)\b[^>]*?\b(?:href|src)="([^"]+)"', text
    )
    assert loaded
    assert [url for url in loaded if not url.startswith("/")] == []
    assert " style=" not in text
    assert "<style" not in text


def test_an_unknown_page_answers_404_in_the_look(client: Client, home: HomePage) -> None:
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    assert "n’est plus au mouillage" in response.content.decode()


@pytest.mark.parametrize(
    ("page", "sentence"),
    [("500.html", "Un grain passe sur le port"), ("400.html", "Cet envoi est trop gros ou illisible")],
)
def test_an_error_page_needs_neither_request_nor_database(page: str, sentence: str) -> None:
    text = get_template(page).render()
    assert "0608 282 589" in text
    assert sentence in text


def test_the_next_date_of_an_activity_is_one_that_has_not_begun(home: HomePage, client: Client) -> None:
    begun = make_session(days=1, title="Commencée")
    Session.objects.filter(pk=begun.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    aside = client.get(begun.activity.url).text.split('<aside class="panel')[1].split("</aside>")[0]
    assert "Pas de date pour l’instant" in aside
    closed = make_session(begun.activity, days=9, closes_at=timezone.now() - timedelta(hours=1))
    aside = client.get(begun.activity.url).text.split('<aside class="panel')[1].split("</aside>")[0]
    assert f"/sessions/{closed.pk}/" in aside
    assert "Voir la session" in aside
