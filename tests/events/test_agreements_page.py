"""After registering, on the page that a mailbox opens: agreements, never asked before nor ticked."""

import pytest
from django.test import Client

from events.domain.links import registration_token
from events.models import Registration
from members.models import Consent
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def registration() -> Registration:
    return factories.make_registration(factories.make_session())


def test_no_form_of_registration_asks_for_an_agreement(client: Client, registration: Registration) -> None:
    page = client.get(f"/sessions/{registration.session_id}/").text
    assert 'name="accord"' not in page
    assert not Consent.objects.exists()


def test_the_boxes_are_empty_and_change_nothing_of_the_place(
    client: Client, registration: Registration
) -> None:
    token = registration_token(registration)
    page = client.get(f"/inscriptions/{token}/").text
    assert page.count('name="accord"') == 2
    assert "checked" not in page
    organisation = registration.session.activity.organisation
    url = f"/inscriptions/{token}/accords/"
    for _ in range(2):
        response = client.post(url, {"accord": [f"pictures-{organisation.pk}"]})
        assert response["Location"].endswith("#accords")
    consent = Consent.objects.get()
    assert (consent.user, consent.organisation, consent.purpose) == (
        registration.user,
        organisation,
        "pictures",
    )
    assert client.get(f"/inscriptions/{token}/").text.count(" checked") == 1
    client.post(url, {})
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    registration.refresh_from_db()
    assert registration.state == "confirmed"


@pytest.mark.parametrize("token", ["inconnu", "1.1.x", "../", "%00"])
def test_a_link_that_is_not_one_opens_nothing(client: Client, token: str) -> None:
    assert client.post(f"/inscriptions/{token}/accords/", {"accord": ["news-1"]}).status_code == 404


def test_a_get_agrees_to_nothing(client: Client, registration: Registration) -> None:
    url = f"/inscriptions/{registration_token(registration)}/accords/"
    assert client.get(url, {"accord": "news-1"}).status_code == 405
