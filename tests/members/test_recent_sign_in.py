"""A browser left open is not a proof: whoever sits down there gives themselves no way in for later."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from members.models import User
from tests import factories
from tests.factors import USER_KEY

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
WAYS_IN = (
    "account_email",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "socialaccount_connections",
)


def signed_in(minutes_ago: int) -> tuple[Client, User]:
    user = factories.make_user(email="elodie@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client = Client()
    client.force_login(user)
    session = client.session
    record = {"method": "code", "at": time.time() - 60 * minutes_ago}
    session[AUTHENTICATION_METHODS_SESSION_KEY], session[USER_KEY] = [record], str(user.pk)
    session.save()
    return client, user


@pytest.mark.parametrize("name", WAYS_IN)
def test_an_old_session_signs_in_again_before_it_changes_how_one_signs_in(name: str) -> None:
    client, _ = signed_in(minutes_ago=60)
    answer = client.get(reverse(name))
    assert answer.status_code == 403
    assert "Est-ce bien vous" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    again = client.post(reverse("sign_in_again"), {"vers": name})
    assert again.url == f"{reverse('account_login')}?next={reverse(name).replace('/', '%2F')}"


@pytest.mark.parametrize("name", WAYS_IN)
def test_a_fresh_session_goes_on(name: str) -> None:
    client, _ = signed_in(minutes_ago=5)
    assert client.get(reverse(name)).status_code == 200


def test_an_open_browser_sets_no_password_with_which_to_come_back() -> None:
    client, user = signed_in(minutes_ago=60)
    secret = {"password1": "Un-tres-long-secret-2026!", "password2": "Un-tres-long-secret-2026!"}
    assert client.post(reverse("account_set_password"), secret).status_code == 403
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_form_opened_in_time_may_still_be_sent() -> None:
    client, _ = signed_in(minutes_ago=25)
    assert client.get(reverse("account_email")).status_code == 403
    answer = client.post(reverse("account_email"), {"action_add": "", "email": "autre@example.org"})
    assert answer.status_code == 302


def test_pro_sante_connect_is_not_linked_from_an_old_session() -> None:
    client, _ = signed_in(minutes_ago=60)
    url = reverse("openid_connect_login", args=["psc"])
    assert client.post(f"{url}?process=connect").status_code == 403
