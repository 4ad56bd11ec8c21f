"""A browser session is found by the key of its cookie, whatever somebody makes of that cookie."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["abcdefgh\0ijklmnop", "x" * 500, "é" * 20, "abcdefgh' OR 1=1 --"])
def test_a_key_that_nothing_has_opens_no_session(key: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/calendrier/").status_code == 200
    assert client.get("/mon-espace/").status_code == 302
