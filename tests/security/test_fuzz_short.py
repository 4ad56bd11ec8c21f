"""A short run of the hostile requests, and the proof that it would hear of what is wrong."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from pytest_django import DjangoDbBlocker

from tests.access_resolver import address
from tests.access_world import CANARY, Place, two_places
from tests.security.fuzz import Knocker, knock
from tests.security.requests import Asked

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.filterwarnings("ignore"),
]
SEED, REQUESTS = 2026, 450


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Place, Place]]:
    with two_places(django_db_blocker) as found:
        yield found


def test_hostile_requests_are_answered_and_tell_nothing_of_others(places: tuple[Place, Place]) -> None:
    found = knock(places, seed=SEED, requests=REQUESTS, sweeps=False)
    assert found.asked == REQUESTS
    assert len(found.names) > 150
    assert found.forms > 5
    assert not found.failures, "\n\n".join(found.failures.values())


def test_an_error_is_heard_of(places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("events.views.registration.read_registration_token", broken)
    asked = Asked("anonymous", "events:registration", "GET", "/inscriptions/x/")
    status, _response, wrong = Knocker(places).ask(asked)
    assert status == 500
    assert "ValueError" in wrong


def test_a_name_of_another_organisation_is_heard_of(
    places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaking(_: HttpRequest, **__: object) -> HttpResponse:
        return HttpResponse(f"Bonjour {CANARY}")

    with transaction.atomic():
        monkeypatch.setattr("events.views.registration.link_error", leaking)
        asked = Asked("coordinator of A", "events:calendar", "GET", f"/sessions/{places[1].upcoming.pk}/")
        knocker = Knocker(places)
        monkeypatch.setattr(
            knocker, "handler", lambda _e, begin: (begin("200 OK", []), leaking(HttpRequest()))[1]
        )
        assert "tells of B" in knocker.ask(asked)[2]


RAW = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("response", "is_wrong"),
    [
        (HttpResponse(f"<p>{RAW}"), True),
        (HttpResponse(RAW, content_type="image/svg+xml"), True),
        (JsonResponse({"step": "form", "html": f"<p>{RAW}"}), True),
        (JsonResponse({"step": "form", "html": "<p>&lt;script&gt;"}), False),
        (JsonResponse({"known": False, "asked": RAW}), False),
        (HttpResponse(f"nom;{RAW}", content_type="text/csv"), False),
    ],
)
def test_what_was_sent_is_looked_for_where_a_browser_would_run_it(
    response: HttpResponse, is_wrong: bool, places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        knocker = Knocker(places)
        monkeypatch.setattr(knocker, "handler", lambda _e, begin: (begin("200 OK", []), response)[1])
        _status, _response, wrong = knocker.ask(Asked("anonymous", "x", "GET", "/"))
    assert ("as it was" in wrong) == is_wrong


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/admin/sites/new/", b"root_page=x&hostname=a&port=80"),
        ("/admin/sites/new/", b"root_page=99999999999999999999&hostname=a&port=80"),
        ("/admin/redirects/add/", b"redirect_page=2026-02-30"),
        ("/admin/workflows/add/", b"workflow_pages-0-page=%00&workflow_pages-TOTAL_FORMS=1"),
        ("/admin/choose-external-link/", b""),
        ("/admin/documents/edit/1/", b"next=%7B0.__class__%7D&title=x"),
    ],
)
def test_what_wagtail_does_not_check_is_a_bad_request(
    path: str, body: bytes, places: tuple[Place, Place]
) -> None:
    """Each was a 500 that this fuzz found."""
    asked = Asked("administrator", "found", "POST", path, "", {}, "application/x-www-form-urlencoded", body)
    status, _response, wrong = Knocker(places).ask(asked)
    assert not wrong
    assert status in (200, 302, 400, 404)


@pytest.mark.parametrize("logo", ["`id`", "9" * 20, "2026-02-30"])
def test_a_chooser_is_shown_again_whatever_was_chosen(logo: str, places: tuple[Place, Place]) -> None:
    path, kind = address("document_wording", places[0]), "application/x-www-form-urlencoded"
    body = f"version=0&logo={logo}".encode()
    _status, _response, wrong = Knocker(places).ask(
        Asked("administrator", "x", "POST", path, "", {}, kind, body)
    )
    assert not wrong


def test_a_page_of_wagtails_that_breaks_by_itself_is_an_error(
    places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent to it: this is for whoever runs Escale to hear of."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("wagtail.sites.views.IndexView.get_base_queryset", broken)
    status, _response, wrong = Knocker(places).ask(Asked("administrator", "x", "GET", "/admin/sites/"))
    assert status == 500
    assert wrong
