"""Whoever is slow is told how long they have, and has long enough."""

import pytest
from django.conf import settings
from django.core import mail
from django.template.loader import get_template
from django.test import Client

from tests.factories import make_user

QUARTER = 15 * 60


def test_a_code_lasts_as_long_as_its_page_says() -> None:
    assert settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT == QUARTER
    assert settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT == QUARTER
    source = get_template("account/base_confirm_code.html").template.source  # type: ignore[attr-defined]
    assert "pendant un quart d’heure" in source


@pytest.mark.django_db
def test_the_message_with_a_code_says_how_long_it_lasts(client: Client) -> None:
    make_user(email="ana@example.org")
    page = client.post("/compte/login/code/", {"email": "ana@example.org"}, follow=True)
    assert "pendant un quart d’heure" in page.content.decode()
    assert "expire dans un quart d’heure" in mail.outbox[-1].body
