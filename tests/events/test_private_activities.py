"""Sessions of a page that asks for a password or an account are nobody's to find or to open."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from events.access import public_sessions, published_sessions
from events.models import ActivityPage
from tests.factories import make_activity, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["password", "login"])
@pytest.mark.parametrize("above", [False, True])
def test_sessions_below_a_private_page_are_not_public(kind: str, above: bool) -> None:
    private = make_session(make_activity())
    open_one = make_session(make_activity())
    page = ActivityPage.objects.get(pk=private.activity_id)
    closed = page.get_parent() if above else page
    PageViewRestriction.objects.create(page=closed, restriction_type=kind, password="houle")
    assert list(public_sessions()) == [open_one]
    assert list(published_sessions()) == [open_one]
    for address in ("", "session.ics", "inscription/merci/"):
        assert Client().get(f"/sessions/{private.pk}/{address}").status_code == 404
    assert Client().post(f"/sessions/{private.pk}/inscription/").status_code == 404
    assert private.title not in Client().get("/calendrier/?q=rien").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_asking_costs_one_query_however_many_are_private(number: int) -> None:
    for _ in range(number):
        session = make_session(make_activity())
        PageViewRestriction.objects.create(page=session.activity, restriction_type="login")
    with CaptureQueriesContext(connection) as asked:
        assert list(published_sessions()) == []
    assert len(asked) == 1


def test_a_page_whose_path_only_begins_alike_stays_public() -> None:
    first, second = make_session(make_activity()), make_session(make_activity())
    PageViewRestriction.objects.create(page=first.activity, restriction_type="login")
    assert list(public_sessions()) == [second]
