"""Signing in by e-mailed code, as somebody who never opened an account."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from events.domain.registration import register
from tests.factories import make_person, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def ask_for_a_code(client: Client, email: str) -> str:
    client.post(reverse("account_request_login_code"), {"email": email})
    codes: list[str] = re.findall(r"(?m)^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\s*$", mail.outbox[-1].body)
    return codes[0]


def test_somebody_known_only_by_a_registration_signs_in_with_one_code(client):
    register(session=make_session(), person=make_person(email="ewa@example.org"))
    code = ask_for_a_code(client, " Ewa@Example.org ")
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (answer.status_code, answer.url) == (302, reverse("my_space"))
    assert client.get(reverse("my_space")).status_code == 200
    assert len(mail.outbox) == 1


def test_an_unknown_address_is_answered_like_a_known_one(client):
    register(session=make_session(), person=make_person(email="ewa@example.org"))
    answers = [
        client.post(reverse("account_request_login_code"), {"email": email})
        for email in ("ewa@example.org", "inconnue@example.org")
    ]
    assert [(each.status_code, each.url) for each in answers] == [
        (302, reverse("account_confirm_login_code"))
    ] * 2


def test_the_mail_with_the_code_is_ours_in_french(client):
    register(session=make_session(), person=make_person(email="ewa@example.org"))
    ask_for_a_code(client, "ewa@example.org")
    message = mail.outbox[-1]
    assert message.subject == "Votre code de connexion"
    assert "connecter à Escale" in message.body
    assert "testserver" not in message.body
