"""One's own account in the Wagtail admin: an address is a proof, it is not changed there."""

import pytest
from django.urls import reverse

from tests.access_world import client_of, open_place

pytestmark = pytest.mark.django_db


def test_an_address_is_neither_taken_nor_guessed_from_the_admin() -> None:
    place = open_place("a", "Alpha")
    client, url = client_of(place.coordinator), reverse("wagtailadmin_account")
    assert "name_email-email" not in client.get(url).content.decode()
    for address in ("victime@example.org", place.trainer.email):
        name = {"name_email-first_name": "Coco", "name_email-last_name": "Alpha"}
        answer = client.post(url, name | {"name_email-email": address})
        assert "existe déjà" not in answer.content.decode()
    place.coordinator.refresh_from_db()
    assert place.coordinator.email == "coordination.alpha@example.org"
