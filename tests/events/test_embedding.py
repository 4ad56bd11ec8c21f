"""The list of dates in somebody else's page: small, public, harmless."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def url(session: Session, query: str = "") -> str:
    return reverse("events:embed", args=[session.activity.organisation.slug]) + query


def test_it_shows_what_comes_of_one_organisation_and_leads_out_of_the_frame(client: Client) -> None:
    session = factories.make_session(title="Sophro du soir")
    factories.make_session(session.activity, title="Brouillon", status=Session.Status.DRAFT)
    factories.make_session(session.activity, title="Passée", days=-3)
    factories.make_session(title="Ailleurs")
    response = client.get(url(session))
    assert f'href="/sessions/{session.pk}/" target="_top"' in response.text
    for absent in ("Brouillon", "Passée", "Ailleurs", "<script", "<form", "style=", 'class="foot"'):
        assert absent not in response.text


def test_any_site_may_frame_it_and_it_leaves_no_cookie(client: Client) -> None:
    session = factories.make_session()
    for _kept in range(2):
        response = client.get(url(session))
        assert "X-Frame-Options" not in response
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert not response.cookies
    assert "frame-ancestors *" not in client.get("/calendrier/")["Content-Security-Policy"]


def test_one_activity_or_a_number_of_dates_may_be_asked_for(client: Client) -> None:
    session = factories.make_session(title="Première")
    other = factories.make_activity(session.activity.organisation)
    for n in range(6):
        factories.make_session(other, title=f"Autre {n}", days=20 + n)
    assert client.get(url(session)).text.count("<li ") == 5
    assert client.get(url(session, "?nombre=7")).text.count("<li ") == 7
    assert client.get(url(session, f"?dispositif={session.activity_id}")).text.count("<li ") == 1
    assert 'class="theme-dark"' in client.get(url(session, "?theme=sombre")).text


NONSENSE = (
    "nombre=0", "nombre=99", "nombre=x", "nombre=2026-02-30",
    "dispositif=%00", f"dispositif={10**20}", "dispositif=../", "theme=%22%3E",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_passed_over(client: Client, query: str) -> None:
    session = factories.make_session(title="Première")
    response = client.get(url(session, f"?{query}"))
    assert response.status_code == 200
    assert "Première" in response.text


def test_an_unknown_organisation_is_404_and_an_empty_one_says_so(client: Client) -> None:
    assert client.get("/integrer/inconnue/").status_code == 404
    organisation = factories.make_organisation()
    assert "Pas de date pour l’instant" in client.get(reverse("events:embed", args=[organisation.slug])).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = factories.make_activity()
    for n in range(count):
        session = factories.make_session(activity, days=n + 1)
    with django_assert_num_queries(2):  # organisation, sessions
        assert client.get(url(session)).text.count("<li ") == count


def test_a_coordinator_finds_what_to_paste_for_their_organisations_only() -> None:
    mine, theirs = factories.make_organisation(), factories.make_organisation()
    page = signed_in(coordinator(mine)).get(reverse("embedding"))
    assert "Intégrer à votre site" in page.text
    assert f"/integrer/{mine.slug}/" in page.text
    assert "&lt;iframe src=" in page.text
    assert f"/api/v1/sessions/?organisation={mine.slug}" in page.text
    assert theirs.slug not in page.text
