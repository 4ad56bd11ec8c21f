"""The personal page: what it shows, that looking changes nothing, and that no other link opens it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.links import invitation_token, registration_token
from events.domain.registration import withdraw
from events.domain.sessions import cancel_session
from events.models import Message, Registration, Session, Survey, SurveyInvitation
from tests.factories import make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
State = Registration.State


def url(registration: Registration) -> str:
    return f"/inscriptions/{registration_token(registration)}/"


def test_a_confirmed_person_reads_where_and_when(client: Client) -> None:
    registration = make_registration(make_session())
    text = client.get(url(registration)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Votre place est confirmée." in text
    assert "de 19 h à 21 h" in text
    assert "Maison de santé, Le Havre" in text
    assert registration.full_name in text
    assert "Me désister" in text


def test_a_person_who_waits_reads_their_position(client: Client) -> None:
    session = make_session(capacity=1)
    registration = [make_registration(session) for _ in range(3)][-1]
    text = client.get(url(registration)).text
    assert "en position 2" in text
    assert "Quitter la liste d’attente" in text


def test_looking_changes_nothing(client: Client) -> None:
    session = make_session(capacity=1)
    registration = make_registration(session)
    messages = Message.objects.count()
    for method in (client.get, client.head):
        method(url(registration))
        assert client.get(f"{url(registration)}desistement/").status_code == 405
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED
    assert Message.objects.count() == messages


def test_the_page_is_neither_stored_nor_indexed_nor_referred_to(client: Client) -> None:
    response = client.get(url(make_registration(make_session())))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_withdrawing_frees_the_place_for_the_next_person(client: Client) -> None:
    session = make_session(capacity=1)
    first, second = make_registration(session), make_registration(session)
    response = client.post(f"{url(first)}desistement/", follow=True)
    assert "C’est noté : vous ne venez plus." in response.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Me désister" not in response.text
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.WITHDRAWN, State.CONFIRMED)


def test_withdrawing_twice_is_harmless(client: Client) -> None:
    registration = make_registration(make_session())
    for _ in range(2):
        assert client.post(f"{url(registration)}desistement/", follow=True).status_code == 200
    assert Message.objects.filter(kind="withdrawn").count() == 1


def test_withdrawing_needs_a_csrf_token() -> None:
    registration = make_registration(make_session())
    response = Client(enforce_csrf_checks=True).post(f"{url(registration)}desistement/")
    assert response.status_code == 403
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_nobody_withdraws_once_the_session_has_begun(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    response = client.post(f"{url(registration)}desistement/")
    assert response.status_code == 422
    assert "Cette session a commencé" in response.text
    assert "Me désister" not in response.text


def test_a_cancelled_session_says_so_on_the_personal_page(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    cancel_session(session=session, reason="Neige", by=None)
    text = client.get(url(registration)).text
    assert "Votre inscription est annulée avec la session." in text
    assert "Neige" in text
    assert "Ce qui était prévu" in text
    assert "Trouver une autre date" in text
    assert "Me désister" not in text


def test_only_confirmed_people_get_the_link_to_join(client: Client) -> None:
    session = make_session(capacity=1, modality="distanciel", online_url="https://visio.example.org/x")
    confirmed, waiting = make_registration(session), make_registration(session)
    assert "visio.example.org" in client.get(url(confirmed)).text
    assert "visio.example.org" not in client.get(url(waiting)).text
    withdraw(registration=confirmed)
    assert "visio.example.org" not in client.get(url(confirmed)).text


def test_a_page_names_nobody_else(client: Client) -> None:
    session = make_session(capacity=1)
    mine, other = make_registration(session), make_registration(session)
    text = client.get(url(mine)).text
    assert other.last_name not in text
    assert other.email not in text


# --- Links that open nothing ----------------------------------------------------------------------


def nonsense(registration: Registration) -> list[str]:
    token = registration_token(registration)
    pk, version, signature = token.split(".", 2)
    return [
        "x",
        "é",
        "🌊",
        "%00",
        "..",
        "1.1.",
        "x" * 3000,
        f"{int(pk) + 1}.{version}.{signature}",
        f"{pk}.{int(version) + 1}.{signature}",
        f"{10**20}.1.{signature}",
        token[:-1],
        token.swapcase(),
        token + "x",
    ]


def test_nonsense_opens_nothing_and_says_what_to_do(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    make_registration(session)
    for token in nonsense(registration):
        for response in (
            client.get(f"/inscriptions/{token}/"),
            client.post(f"/inscriptions/{token}/desistement/"),
        ):
            assert response.status_code == 404, token
            assert registration.full_name not in response.text
    assert Registration.objects.filter(state=State.CONFIRMED).count() == 2
    text = client.get("/inscriptions/x/").text
    assert "Ce lien n’est plus valable" in text
    assert "Ouvrez le lien de l’e-mail le plus récent" in text


def test_a_revoked_link_opens_nothing(client: Client) -> None:
    registration = make_registration(make_session())
    old = url(registration)
    Registration.objects.filter(pk=registration.pk).update(link_version=2)
    assert client.get(old).status_code == 404
    assert client.post(f"{old}desistement/").status_code == 404
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_a_link_expires_half_a_year_after_the_session(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    Session.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(days=182), ends_at=timezone.now() - timedelta(days=181)
    )
    assert client.get(url(registration)).status_code == 404


def test_a_link_to_a_survey_does_not_open_a_registration(client: Client) -> None:
    session = make_session()
    registration = make_registration(session)
    now = timezone.now()
    survey = Survey.objects.create(session=session, opened_at=now, closes_at=now + timedelta(days=7))
    invitation = SurveyInvitation.objects.create(survey=survey, registration=registration)
    assert client.get(f"/inscriptions/{invitation_token(invitation)}/").status_code == 404


def test_a_refused_form_does_not_write_its_link_to_the_log(caplog):
    token = registration_token(make_registration(make_session()))
    answer = Client(enforce_csrf_checks=True).post(f"/inscriptions/{token}/desistement/")
    assert answer.status_code == 403
    assert token not in caplog.text
