"""What other sites may fetch: public facts, no person, a sentence for nonsense."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import PageViewRestriction

from events.domain.sessions import cancel_session
from events.models import Session, SessionRole, Theme
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def ask(client: Client, path: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.text
    assert response["Content-Type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def titles(client: Client, query: str = "") -> list[str]:
    return [item["title"] for item in ask(client, f"sessions/{query}")["items"]]


def test_a_session_says_what_its_page_says_and_names_nobody(client: Client) -> None:
    session = factories.make_session(capacity=2, online_url="https://visio.example.org/secret")
    factories.make_registration(session, first_name="Zoé", email="zoe@example.org")
    leader = factories.make_user(email="anime@example.org")
    SessionRole.objects.create(session=session, user=leader, name="Une sophrologue")
    [item] = ask(client, "sessions/")["items"]
    assert (item["seats"], item["seats_left"], item["status"]) == (2, 1, "published")
    assert item["starts_at"] == timezone.localtime(session.starts_at).isoformat(timespec="minutes")
    assert item["registration"]["state"] == "open"
    assert item["meta"]["html_url"].endswith(f"/sessions/{session.pk}/")
    assert client.get(item["meta"]["detail_url"]).json() == item
    for secret in ("secret", "Zoé", "zoe@", "anime@", session.activity.organisation.email):
        assert secret not in client.get("/api/v1/sessions/").text


def test_drafts_and_private_pages_never_appear(client: Client) -> None:
    draft = factories.make_session(status=Session.Status.DRAFT)
    private = factories.make_session()
    PageViewRestriction.objects.create(page_id=private.activity_id, restriction_type="login")
    unpublished = factories.make_session()
    unpublished.activity.unpublish()
    assert titles(client) == []
    for session in (draft, private, unpublished):
        assert client.get(f"/api/v1/sessions/{session.pk}/").status_code == 404
    for activity in (private.activity_id, unpublished.activity_id):
        assert client.get(f"/api/v1/activities/{activity}/").status_code == 404
    assert [item["id"] for item in ask(client, "activities/")["items"]] == [draft.activity_id]
    public = ask(client, "organisations/")["meta"]["total_count"]
    PageViewRestriction.objects.create(
        page_id=draft.activity.organisation.page.pk, restriction_type="password", password="x"
    )
    assert ask(client, "organisations/")["meta"]["total_count"] == public - 1
    assert ask(client, "activities/")["items"] == []


def test_sessions_are_found_by_organisation_activity_theme_modality_and_date(client: Client) -> None:
    theme = Theme.objects.create(name="Sommeil propre", slug="sommeil-propre")
    here = factories.make_session(title="Ici", modality="distanciel", days=3)
    page = here.activity.specific
    page.themes.add(theme)
    page.save()
    there = factories.make_session(title="Là", days=20)
    factories.make_session(title="Hier", days=-2)
    organisation = here.activity.organisation
    day = timezone.localdate(here.starts_at)
    assert titles(client) == ["Ici", "Là"]
    assert titles(client, f"?organisation={organisation.slug}") == ["Ici"]
    assert titles(client, f"?activity={there.activity_id}") == ["Là"]
    assert titles(client, "?theme=sommeil-propre") == ["Ici"]
    assert titles(client, "?modality=distanciel") == ["Ici"]
    assert titles(client, f"?before={day}") == ["Ici"]
    assert titles(client, "?after=2020-01-01") == ["Hier", "Ici", "Là"]
    assert titles(client, "?limit=1&offset=1") == ["Là"]
    assert titles(client, "?organisation=inconnue") == []
    assert ask(client, "activities/?theme=sommeil-propre")["items"][0]["themes"] == ["sommeil-propre"]
    [found] = [one for one in ask(client, "organisations/")["items"] if one["slug"] == organisation.slug]
    assert client.get(found["meta"]["detail_url"]).json() == found
    assert organisation.email not in client.get("/api/v1/organisations/").text


def test_a_cancelled_session_says_so(client: Client) -> None:
    cancel_session(session=factories.make_session(), reason="Grève", by=None)
    [item] = ask(client, "sessions/")["items"]
    assert (item["status"], item["registration"]["state"]) == ("cancelled", "cancelled")


NONSENSE = (
    "limit=0", "limit=101", "limit=x", "limit=1.5", "offset=-1", f"offset={10**20}", "activity=0",
    f"activity={10**20}", "activity=\0", "theme=%00", 'theme="', "organisation=../", "modality=lunaire",
    "after=2026-02-30", "before=hier", "after=2026-05-02&before=2026-05-01", "fields=email", "search=x",
    "session__user=1", "order=random", "rich_text_format=%00", "after=0000-00-00",
    "after=0001-01-01", "before=9999-12-31", "%00=1",
)  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("endpoint", ["sessions", "activities", "organisations"])
def test_nonsense_is_answered_with_a_sentence(client: Client, endpoint: str, query: str) -> None:
    response = client.get(f"/api/v1/{endpoint}/?{quote(query, safe='=&%')}")
    assert response.status_code == 400
    assert response.json()["message"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_what_does_not_exist_is_404_and_nothing_is_written(client: Client) -> None:
    for pk in (0, 999_999, 10**20):
        assert client.get(f"/api/v1/sessions/{pk}/").status_code == 404
    assert client.get("/api/v1/sessions/999999/").json() == {"message": "Rien de public ne porte ce numéro."}
    for method in (client.post, client.put, client.delete):
        assert method("/api/v1/sessions/").status_code == 405


def test_any_site_may_read_it_and_keep_it_a_minute(client: Client) -> None:
    factories.make_session()
    client.force_login(factories.make_admin())
    response = client.get("/api/v1/sessions/", headers={"accept": "text/html", "origin": "https://cpts.fr"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies
    again = client.get("/api/v1/sessions/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("endpoint", "queries"), [("sessions", 6), ("activities", 3), ("organisations", 2)])
def test_a_list_takes_as_many_queries_for_one_as_for_three(
    client: Client, endpoint: str, queries: int, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        factories.make_session()
    client.get("/api/v1/organisations/?limit=1")  # Wagtail looks for its sites once
    with django_assert_num_queries(queries):
        assert ask(client, f"{endpoint}/")["meta"]["total_count"] == count
