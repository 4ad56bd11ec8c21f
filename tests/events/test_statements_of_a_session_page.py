"""The page of a session asks the database eight times, whatever it shows; signed in, who one is besides."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Site

from events.models import Session, SessionRole
from tests.factories import make_home, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 3])
def session(request: pytest.FixtureRequest) -> Session:
    session = make_session(capacity=2)
    Site.objects.update(root_page=make_home())
    Site.clear_site_root_paths_cache()
    for rank in range(request.param):
        make_registration(session)
        make_session(activity=session.activity)
        SessionRole.objects.create(session=session, name=f"Voix {rank}")
    session.activity.get_url()  # the site's root paths
    return session


def test_a_stranger(
    client: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Session, slots, roles, documents, programme, other dates; the header's links; retention periods.
    with django_assert_num_queries(8):
        assert client.get(f"/sessions/{session.pk}/").status_code == 200


def test_somebody_signed_in(
    client: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_user())
    # Besides: one’s browser, one’s account, membership, what one said of it last, one’s own registration.
    with django_assert_num_queries(13):
        assert client.get(f"/sessions/{session.pk}/").status_code == 200
