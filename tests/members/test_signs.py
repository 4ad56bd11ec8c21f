"""Who signed in and what was refused leave a line: a number or none, a route, a result, and nobody's name."""

import io
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from certificates.domain.numbers import new_number
from certificates.views.limits import UNKNOWN_NUMBERS
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in
from tests.events.test_registering_pages import post

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PASSWORD = "Une-escale-2026!"


def sign_in(client: Client, email: str, password: str) -> int:
    data = {"login": email, "password": password}
    return client.post(reverse("account_login"), data).status_code


def test_signing_in_and_out_and_failing_to_are_told_without_any_name(lines: io.StringIO) -> None:
    user = factories.make_admin(email="zenobie@example.org", password=PASSWORD)
    user.emailaddress_set.create(email=user.email, primary=True, verified=True)
    client = Client()
    lines.truncate(0)

    assert sign_in(client, user.email, "pas celui-ci") == 200
    assert "Refused (email_password_mismatch): account none on compte/login/" in lines.getvalue()
    assert sign_in(client, user.email, PASSWORD) == 302
    assert f"Signed in: account {user.pk} on compte/login/" in lines.getvalue()
    client.post(reverse("account_logout"))
    assert f"Signed out: account {user.pk} on compte/logout/" in lines.getvalue()
    assert "zenobie" not in lines.getvalue()


def test_a_wrong_code_is_told(lines: io.StringIO) -> None:
    email = "zenobie@example.org"
    user = factories.make_user(email=email)
    user.emailaddress_set.create(email=email, primary=True, verified=True)
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": email})
    assert len(mail.outbox) == 1
    client.post(reverse("account_confirm_login_code"), {"code": "FAUX-FAUX"})
    assert "Refused (incorrect_code): account none on compte/login/code/confirm/" in lines.getvalue()
    assert "zenobie" not in lines.getvalue()
    assert "FAUX" not in lines.getvalue()


def test_somebody_signed_in_who_is_refused_leaves_a_line_and_a_robot_none(lines: io.StringIO) -> None:
    own = factories.make_session()
    other = factories.make_session()
    user = coordinator(own.activity.organisation, email="zenobie@example.org")
    client = signed_in(user)
    lines.truncate(0)

    address = reverse("sessions:inspect", args=[other.pk])
    assert client.get(address).status_code == 404
    told = lines.getvalue()
    assert f"Refused (404): account {user.pk} on " in told
    assert address not in told
    lines.truncate(0)
    assert client.get(reverse("sessions:inspect", args=[own.pk])).status_code == 200
    assert Client().get(f"/sessions/{10**9}/").status_code == 404
    assert client.get("/nulle/part/zenobie/").status_code == 404
    assert "zenobie" not in lines.getvalue()
    assert lines.getvalue().count("Refused") <= 1


def test_what_is_too_much_is_told_of_anybody_by_its_route(lines: io.StringIO) -> None:
    client, numbers = Client(), [new_number() for _ in range(UNKNOWN_NUMBERS + 1)]
    answers = [client.get(reverse("certificates:certificate", args=[each])).status_code for each in numbers]
    assert answers[-2:] == [404, 429]
    told = lines.getvalue()
    assert told.count("Too many (429): account none on ") == 1
    assert not [each for each in numbers if each in told]


def test_a_session_asked_too_often_is_told_and_the_address_typed_is_not(
    lines: io.StringIO, settings: Any
) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = 0
    assert post(Client(), factories.make_session(), email="zenobie@example.org").status_code == 429
    assert "Too many (429): account none on " in lines.getvalue()
    assert "zenobie" not in lines.getvalue()
