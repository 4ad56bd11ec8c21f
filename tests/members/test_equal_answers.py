"""What an address answers tells nothing: known or not, closed or erased, it costs and says the same."""

import re
from dataclasses import dataclass, fields
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

PASSWORD = "Une-escale-2026!"
KINDS = ("unknown", "confirmed", "registered", "with a password", "closed", "erased")


def address_of(kind: str) -> str:
    email = f"{kind.replace(' ', '.')}@example.org"
    if kind == "unknown":
        return email
    password = PASSWORD if kind in ("with a password", "closed") else None
    user = factories.make_user(email=email, password=password)
    if kind != "registered":
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    if kind in ("closed", "erased"):
        user.is_active = False
        user.erased_at = timezone.now() if kind == "erased" else None
        user.save()
    return email


@dataclass(frozen=True)
class Answer:
    """What somebody outside sees, and what it took."""

    status: int
    location: str
    text: str
    mails: int
    hashings: int
    writes: tuple[str, ...]


def ask(monkeypatch: pytest.MonkeyPatch, url: str, data: dict[str, str], email: str) -> Answer:
    cache.clear()
    mail.outbox.clear()
    client, hashings = Client(), []
    encode = MD5PasswordHasher.encode
    client.get(url)

    def counted(self: Any, password: str, salt: str) -> str:
        hashings.append(1)
        return encode(self, password, salt)

    with (
        monkeypatch.context() as patch,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        patch.setattr(MD5PasswordHasher, "encode", counted)
        answer = client.post(url, data)
        writes = tuple(sorted(_writes(queries.captured_queries)))
    text = answer.content.decode()
    if answer.status_code == 302:
        text += client.get(answer.url).content.decode()
    assert [message.to for message in mail.outbox] in ([], [[email]])
    return Answer(
        status=answer.status_code,
        location=answer.get("Location", ""),
        text=_without(text, email),
        mails=len(mail.outbox),
        hashings=len(hashings),
        writes=writes,
    )


def _without(text: str, email: str) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return text.replace(email, "…")


def _writes(queries: list[dict[str, str]]) -> list[str]:
    """Into which tables, except those of one's own visit, and what nobody waits for."""
    found = [re.match(r'(INSERT INTO|UPDATE) "(\w+)"', query["sql"]) for query in queries]
    return [f"{each[1]} {each[2]}" for each in found if each and each[2] != "django_session"]


def all_answers(monkeypatch: pytest.MonkeyPatch, name: str, field: str, **more: str) -> dict[str, Answer]:
    return {
        kind: ask(monkeypatch, reverse(name), {field: email, **more}, email)
        for kind in KINDS
        for email in [address_of(kind)]
    }


def one(answers: dict[str, Answer]) -> Answer:
    first, *others = answers.items()
    for kind, answer in others:
        for field in fields(Answer):
            theirs = getattr(answer, field.name), getattr(first[1], field.name)
            assert theirs[0] == theirs[1], f"{field.name}: {kind} is not as {first[0]}"
    return first[1]


def test_asking_for_a_code(monkeypatch):
    answer = one(all_answers(monkeypatch, "account_request_login_code", "email"))
    assert (answer.status, answer.mails, answer.hashings) == (302, 1, 0)
    assert answer.writes == ()


def test_signing_up(monkeypatch):
    answer = one(all_answers(monkeypatch, "account_signup", "email"))
    assert (answer.status, answer.mails) == (302, 1)
    assert answer.writes == ("INSERT INTO account_emailaddress", "INSERT INTO members_user")


def test_asking_for_a_new_password(monkeypatch):
    answer = one(all_answers(monkeypatch, "account_reset_password", "email"))
    assert (answer.status, answer.mails, answer.hashings) == (302, 1, 0)


def test_signing_in_with_a_wrong_password(monkeypatch):
    answer = one(all_answers(monkeypatch, "account_login", "login", password="Pas-le-bon-2026!"))
    assert (answer.status, answer.mails, answer.hashings) == (200, 0, 1)
    assert "n’est pas le bon" in answer.text


def test_the_right_password_of_a_closed_account_answers_as_a_wrong_one(monkeypatch):
    url, data = reverse("account_login"), {"password": PASSWORD}
    closed, unknown = address_of("closed"), address_of("unknown")
    answers = [ask(monkeypatch, url, data | {"login": email}, email) for email in (closed, unknown)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_codes_answer_alike(client, kind):
    client.post(reverse("account_request_login_code"), {"email": address_of(kind)})
    url = reverse("account_confirm_login_code")
    answers = [client.post(url, {"code": "FAUX-1"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 302, 302]


@pytest.mark.parametrize("kind", ["closed", "erased"])
def test_a_closed_account_opens_by_no_code(client, kind):
    client.post(reverse("account_request_login_code"), {"email": address_of(kind)})
    assert mail.outbox[-1].subject == "Vous n’avez pas encore de compte"


def test_a_mail_server_that_is_down_is_said_alike(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for name in ("account_request_login_code", "account_signup", "account_reset_password"):
        answer = one(all_answers(monkeypatch, name, "email"))
        assert "notre serveur de courriel ne répond pas" in answer.text
        for kind in KINDS:
            EmailAddress.objects.all().delete()
            User.objects.filter(email=f"{kind.replace(' ', '.')}@example.org").delete()


def test_three_hundred_people_behind_one_address_sign_in(settings):
    """A hospital has one address for everybody; each of them is counted apart."""
    for number in range(100):
        answer = Client().post(reverse("account_request_login_code"), {"email": f"p{number}@example.org"})
        assert answer.status_code == 302, number


def test_nobody_guesses_a_password_for_long(client):
    email = address_of("with a password")
    texts = [
        client.post(reverse("account_login"), {"login": email, "password": f"Faux-{n}-2026"}).content.decode()
        for n in range(11)
    ]
    assert "Trop d’essais" not in texts[9]
    assert "Trop d’essais" in texts[10]
    other = client.post(reverse("account_login"), {"login": "x@example.org", "password": "Faux-2026"})
    assert "Trop d’essais" not in other.content.decode(), "nobody else is held up"


def test_no_mailbox_is_flooded(client):
    for _ in range(8):
        Client().post(reverse("account_request_login_code"), {"email": "victime@example.org"})
    assert len(mail.outbox) == 5


@pytest.mark.parametrize("kind", ["unknown", "confirmed"])
def test_no_mailbox_is_flooded_by_signing_up(kind, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": ""}
    email = address_of(kind)
    texts = [Client().post(reverse("account_signup"), {"email": email}).content.decode() for _ in range(8)]
    assert len(mail.outbox) == 5
    assert "Trop d’essais pour cette adresse" in texts[-1]


def test_no_mailbox_is_flooded_by_who_changes_theirs(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": ""}
    user = User.objects.create_user("signee@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    User.objects.create_user("victime@example.org")
    client.force_login(user)
    for _ in range(8):
        client.post(reverse("account_email"), {"action_add": "", "email": "victime@example.org"})
    assert len(mail.outbox) == 5


def test_too_many_is_said_on_a_page_of_ours(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    answers = [Client().post(reverse("account_signup"), {"email": f"p{n}@example.org"}) for n in range(2)]
    assert answers[1].status_code == 429
    assert "Un peu de patience" in answers[1].content.decode()


def test_a_stranger_who_asks_for_somebodys_codes_does_not_keep_them_out():
    for _ in range(8):
        Client(REMOTE_ADDR="192.0.2.7").post(
            reverse("account_request_login_code"), {"email": "victime@example.org"}
        )
    assert len(mail.outbox) == 5
    answer = Client(REMOTE_ADDR="192.0.2.8").post(
        reverse("account_request_login_code"), {"email": "victime@example.org"}
    )
    assert answer.status_code == 302
    assert len(mail.outbox) == 6
