"""Registering from the page of a session: what is accepted, refused, shown and hidden."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events.domain.registration import withdraw
from events.domain.sessions import SlotTimes, cancel_session
from events.models import Message, Registration, Session
from members.models import User
from tests.cases import odd_on_both
from tests.factories import make_activity, make_organisation, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db
State = Registration.State

GOOD = {
    "first_name": "Camille",
    "last_name": "Martin",
    "email": "camille@example.org",
    "profession": "60",
}
TEN_THOUSAND = "x" * 10_000


def post(client: Client, session: Session, **fields: Any) -> HttpResponse:
    return client.post(f"/sessions/{session.pk}/inscription/", GOOD | fields)


def outcome(client: Client, session: Session, **fields: Any) -> str:
    """The page that follows an accepted form, without the address typed."""
    response = post(client, session, **fields)
    assert response.status_code == 302, response.text
    assert response["Location"] == f"/sessions/{session.pk}/inscription/merci/#contenu"
    return client.get(response["Location"]).text.replace(fields.get("email", GOOD["email"]), "ADRESSE")


def refused(client: Client, session: Session, **fields: Any) -> str:
    response = post(client, session, **fields)
    assert response.status_code == 422
    assert not Registration.objects.exists()
    return response.text


# --- Accepted -----------------------------------------------------------------------------------


def test_four_answers_make_a_confirmed_place(client: Client) -> None:
    session = make_session()
    assert "Votre place est réservée" in outcome(client, session)
    registration = Registration.objects.get()
    assert registration.state == State.CONFIRMED
    assert registration.email == "camille@example.org"
    assert registration.source == "web"


def test_optional_answers_are_kept(client: Client) -> None:
    session = make_session()
    outcome(client, session, civility="mme", rpps="1000 0000 009", is_member="on")
    registration = Registration.objects.get()
    assert (registration.civility, registration.rpps, registration.is_member) == ("mme", "10000000009", True)


def test_the_address_is_normalised(client: Client) -> None:
    outcome(client, make_session(), email="  Camille@EXAMPLE.org ")
    assert Registration.objects.get().email == "camille@example.org"


def test_an_emoji_in_a_name_is_welcome(client: Client) -> None:
    outcome(client, make_session(), first_name="Zoé 🌊")
    assert Registration.objects.get().first_name == "Zoé 🌊"


@pytest.mark.parametrize("name", ["Gagnez sur http://x.y", "WWW.exemple", "Voir exemple.com !"])
def test_a_name_does_not_make_our_mail_carry_an_advertisement(client: Client, name: str) -> None:
    assert "ne contient pas d’adresse internet" in refused(client, make_session(), first_name=name)
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["J.-P.", "St.Martin", "Anne.Marie", "De La Com", "D’Org", "Jean (M.)"])
def test_a_name_with_a_dot_is_a_name(client: Client, name: str) -> None:
    outcome(client, make_session(), last_name=name)


def test_a_name_of_eighty_signs_is_accepted(client: Client) -> None:
    outcome(client, make_session(), last_name="é" * 80)


def test_a_full_session_puts_the_next_person_on_the_waiting_list(client: Client) -> None:
    session = make_session(capacity=1)
    make_registration(session)
    make_registration(session)
    text = outcome(client, session)
    assert "liste d’attente" in text
    assert "position 2" in text


def test_a_mistyped_rpps_warns_and_is_accepted(client: Client) -> None:
    text = outcome(client, make_session(), rpps="10000000001")
    assert "semble comporter une erreur de saisie" in text
    assert Registration.objects.get().rpps == "10000000001"


def test_a_right_rpps_does_not_warn(client: Client) -> None:
    assert "erreur de saisie" not in outcome(client, make_session(), rpps="10000000009")


def test_a_signed_in_person_registers_under_their_own_address(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    outcome(client, make_session(), email="quelquun.dautre@example.org")
    registration = Registration.objects.get()
    assert registration.user == user
    assert registration.email == user.email
    assert not User.objects.filter(email="quelquun.dautre@example.org").exists()


def test_getting_the_address_of_the_form_leads_to_the_session(client: Client) -> None:
    session = make_session()
    response = client.get(f"/sessions/{session.pk}/inscription/")
    assert response["Location"] == f"/sessions/{session.pk}/"


def test_posting_needs_a_csrf_token() -> None:
    session = make_session()
    assert post(Client(enforce_csrf_checks=True), session).status_code == 403
    assert not Registration.objects.exists()


# --- Refused, with a sentence and everything typed kept -------------------------------------------

BAD = [
    ("first_name", "", "Indiquez votre prénom."),
    ("first_name", "   ", "Indiquez votre prénom."),
    ("first_name", TEN_THOUSAND, "80 caractères"),
    ("first_name", "Cam\x00ille", "caractère invisible"),
    ("last_name", "", "Indiquez votre nom."),
    ("last_name", "é" * 81, "80 caractères"),
    ("last_name", "Mar\ntin", "caractère invisible"),
    ("last_name", "Mar\x07tin", "caractère invisible"),
    ("email", "", "Indiquez votre adresse e-mail."),
    ("email", "camille", "ne semble pas valable"),
    ("email", "camille@example", "ne semble pas valable"),
    ("email", TEN_THOUSAND + "@example.org", "ne semble pas valable"),
    ("email", "cam\x00ille@example.org", "ne semble pas valable"),
    ("email", "camılle@example.org", "ne semble pas valable"),
    ("email", '"cam\x01,ille"@example.org', "ne semble pas valable"),
    ("email", "zoé@example.org", "ne semble pas valable"),
    ("email", "🌊@example.org", "ne semble pas valable"),
    ("email", "a@example.org\nBcc: b@example.org", "ne semble pas valable"),
    ("email", "a@example.org\r\nBcc: b@example.org", "ne semble pas valable"),
    ("email", "a@example.org, b@example.org", "ne semble pas valable"),
    ("profession", "", "Choisissez votre profession"),
    ("profession", "99", "Choisissez une profession de la liste."),
    ("profession", TEN_THOUSAND, "Choisissez une profession de la liste."),
    ("profession", "6\x000", "Choisissez une profession de la liste."),
    ("civility", "dr", "Choisissez une civilité de la liste."),
    ("rpps", "123", "11 chiffres"),
    ("rpps", "1000000000a", "11 chiffres"),
    ("rpps", "١٠٠٠٠٠٠٠٠٠٠", "11 chiffres"),
    ("rpps", TEN_THOUSAND, "11 chiffres"),
    ("rpps", "1000\x000000000", "11 chiffres"),
    ("rpps", "🌊", "11 chiffres"),
]


@pytest.mark.parametrize(
    ("field", "value", "sentence"), odd_on_both(BAD), ids=[f"{f}-{v[:12]!r}" for f, v, _ in BAD]
)
def test_a_bad_answer_gets_a_sentence_beside_its_field(
    client: Client, field: str, value: str, sentence: str
) -> None:
    text = refused(client, make_session(), **{field: value})
    listed = re.search(rf'<ul class="errorlist" id="id_{field}_error">(.*?)</ul>', text, re.DOTALL)
    assert listed
    assert sentence in listed[1]
    assert listed[1].count("<li>") == 1
    assert f'aria-describedby="id_{field}_error' in text or f'id_{field}_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'role="alert"' in text


def test_an_empty_form_gets_four_sentences(client: Client) -> None:
    response = client.post(f"/sessions/{make_session().pk}/inscription/", {})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"first_name", "last_name", "email", "profession"}


def test_everything_typed_is_kept(client: Client) -> None:
    text = refused(
        client,
        make_session(),
        email="camille",
        first_name="Zoé 🌊",
        last_name="<b>",
        civility="mme",
        rpps="12",
        is_member="on",
    )
    for kept in (
        'value="Zoé 🌊"',
        'value="&lt;b&gt;"',
        'value="camille"',
        '<option value="60" selected>',
        '<option value="mme" selected>',
        'value="12"',
        "checked",
    ):
        assert kept in text
    assert '<details class="more" open>' in text


def test_ten_thousand_characters_are_kept_too(client: Client) -> None:
    assert TEN_THOUSAND in refused(client, make_session(), first_name=TEN_THOUSAND)


def test_bytes_that_are_not_utf8_do_not_break_the_page(client: Client) -> None:
    session = make_session()
    body = b"first_name=%ff%fe&last_name=%ed%a0%80&email=%ff&profession=%ff"
    response = client.post(
        f"/sessions/{session.pk}/inscription/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 422


def test_a_field_sent_twice_does_not_break_the_page(client: Client) -> None:
    assert post(client, make_session(), email=["a@example.org", "b@example.org"]).status_code in (302, 422)


def test_a_robot_that_fills_the_hidden_field_is_refused(client: Client) -> None:
    text = refused(client, make_session(), website="https://spam.example.org")
    assert "Un champ caché a été rempli" in text
    assert "spam.example.org" not in text


def test_a_robot_with_nul_in_the_hidden_field_is_refused(client: Client) -> None:
    assert "Un champ caché" in refused(client, make_session(), website="\x00")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"days": -3}, "Cette session est passée."),
        ({"closes_at": timedelta(days=-1)}, "Les inscriptions sont closes."),
        ({"opens_at": timedelta(days=1)}, "Les inscriptions ne sont pas encore ouvertes."),
    ],
)
def test_a_form_sent_outside_the_window_says_why(
    client: Client, fields: dict[str, Any], sentence: str
) -> None:
    moments = {k: timezone.now() + v if isinstance(v, timedelta) else v for k, v in fields.items()}
    text = refused(client, make_session(**moments))
    assert sentence in text
    assert "camille@example.org" in text


def test_a_form_sent_to_a_session_that_has_begun_says_why(client: Client) -> None:
    now = timezone.now()
    session = make_session(slots=[SlotTimes(now - timedelta(minutes=1), now + timedelta(hours=1))])
    assert "Cette session a commencé" in refused(client, session)


def test_a_form_sent_to_a_cancelled_session_says_why(client: Client) -> None:
    session = make_session()
    cancel_session(session=session, reason="Neige", by=None)
    assert "Cette session est annulée." in refused(client, session)


def test_a_form_sent_to_a_full_session_without_waiting_list_says_why(client: Client) -> None:
    session = make_session(capacity=1, waiting_list=False)
    make_registration(session)
    response = post(client, session)
    assert response.status_code == 422
    assert "Cette session est complète" in response.text
    assert Registration.objects.count() == 1


def test_too_many_forms_from_one_address_are_slowed_down(client: Client, settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = 2
    session = make_session()
    for i in range(2):
        assert post(client, session, email=f"a{i}@example.org").status_code == 302
    response = post(client, session, email="a3@example.org")
    assert response.status_code == 429
    assert "Attendez dix minutes" in response.text
    assert post(client, make_session(), email="a3@example.org").status_code == 302


def test_a_hospital_behind_one_address_is_not_slowed_down(client: Client) -> None:
    session = make_session(capacity=60)
    for i in range(60):
        assert post(Client(), session, email=f"a{i}@example.org").status_code == 302


# --- The outcome --------------------------------------------------------------------------------


def test_the_outcome_without_a_registration_leads_to_the_session(client: Client) -> None:
    session = make_session()
    response = client.get(f"/sessions/{session.pk}/inscription/merci/")
    assert response["Location"] == f"/sessions/{session.pk}/"


def test_the_outcome_is_forgotten_after_an_hour(client: Client) -> None:
    session = make_session()
    outcome(client, session)
    stored = client.session
    stored["registration_outcomes"][str(session.pk)]["at"] -= 3601
    stored.save()
    assert client.get(f"/sessions/{session.pk}/inscription/merci/").status_code == 302


def test_the_outcome_of_one_session_is_not_that_of_another(client: Client) -> None:
    outcome(client, make_session())
    assert client.get(f"/sessions/{make_session().pk}/inscription/merci/").status_code == 302


def test_the_outcome_is_not_cached_and_holds_no_link(client: Client) -> None:
    session = make_session()
    outcome(client, session)
    response = client.get(f"/sessions/{session.pk}/inscription/merci/")
    assert "no-store" in response["Cache-Control"]
    assert "/inscriptions/" not in response.text


def test_an_outcome_shown_twice_is_the_same(client: Client) -> None:
    session = make_session()
    first = outcome(client, session)
    again = client.get(f"/sessions/{session.pk}/inscription/merci/").text
    assert again.replace("camille@example.org", "ADRESSE") == first


# --- An address that is registered already: nothing is learnt about its owner -----------------------


def same_words(a: str, b: str) -> bool:
    """Equal but for the CSRF token and the identifiers of the session."""
    return _plain(a) == _plain(b)


def _plain(text: str) -> str:
    return re.sub(r"/(?:sessions|dispositifs)/\d+|\?s=\d+|value=\"\w{64}\"", "", text)


def twins(**fields: Any) -> tuple[Session, Session]:
    """Two sessions alike: in the first the victim is registered, in the second they are not."""
    activity = make_activity(make_organisation())
    return make_session(activity, **fields), make_session(activity, **fields)


def test_a_known_address_looks_like_a_new_one_when_a_seat_is_free() -> None:
    with_victim, without = twins(capacity=5)
    make_registration(with_victim, email=GOOD["email"])
    assert same_words(outcome(Client(), with_victim), outcome(Client(), without))
    assert with_victim.registrations.count() == 1


def test_a_confirmed_person_looks_like_a_newcomer_who_waits_when_the_session_is_full() -> None:
    with_victim, without = twins(capacity=2)
    make_registration(with_victim, email=GOOD["email"])
    make_registration(with_victim)
    make_registration(with_victim)
    for _ in range(3):
        make_registration(without)
    shown = outcome(Client(), with_victim)
    assert "position 2" in shown
    assert same_words(shown, outcome(Client(), without))
    assert with_victim.registrations.get(email=GOOD["email"]).state == State.CONFIRMED


def test_a_person_who_waits_looks_like_a_newcomer_at_the_end_of_the_list() -> None:
    with_victim, without = twins(capacity=1)
    make_registration(with_victim)
    make_registration(with_victim, email=GOOD["email"])
    make_registration(with_victim)
    for _ in range(3):
        make_registration(without)
    shown = outcome(Client(), with_victim)
    assert "position 3" in shown
    assert same_words(shown, outcome(Client(), without))


def test_a_known_address_is_refused_like_a_new_one_when_nobody_else_is_taken() -> None:
    with_victim, without = twins(capacity=1, waiting_list=False)
    make_registration(with_victim, email=GOOD["email"])
    make_registration(without)
    known, new = post(Client(), with_victim), post(Client(), without)
    assert known.status_code == new.status_code == 422
    assert same_words(known.text, new.text)


def test_another_signed_in_person_learns_nothing_either() -> None:
    session = make_session(capacity=1)
    make_registration(session, email=GOOD["email"])
    client = Client()
    client.force_login(make_user())
    assert "position 1" in outcome(client, session)  # theirs: the address typed is not used


def test_a_browser_that_registered_sees_the_truth_again(client: Client) -> None:
    session = make_session(capacity=1)
    outcome(client, session)
    make_registration(session)
    text = outcome(client, session)
    assert "Votre place est déjà réservée" in text
    assert Registration.objects.filter(email=GOOD["email"]).count() == 1


def test_a_browser_that_registered_one_address_learns_nothing_about_another(client: Client) -> None:
    session = make_session(capacity=2)
    make_registration(session, email="victime@example.org")
    outcome(client, session)
    text = outcome(client, session, email="victime@example.org")
    assert "position 1" in text
    assert "déjà réservée" not in text


def test_the_owner_signed_in_sees_the_truth(client: Client) -> None:
    user = make_user()
    session = make_session(capacity=1)
    make_registration(session, email=user.email)
    client.force_login(user)
    assert "Votre place est déjà réservée" in outcome(client, session)


def test_a_double_click_makes_one_registration(client: Client) -> None:
    session = make_session()
    for _ in range(2):
        outcome(client, session)
    assert Registration.objects.count() == 1


def test_the_owner_is_told_by_mail_only() -> None:
    session = make_session()
    registration = make_registration(session, email=GOOD["email"])
    outcome(Client(), session)
    kinds = [m.kind for m in Message.objects.filter(registration=registration)]
    assert sorted(kinds) == ["already_registered", "confirmed"]
    assert set(Message.objects.values_list("recipient", flat=True)) == {GOOD["email"]}


def test_registering_again_after_a_withdrawal_is_a_new_registration(client: Client) -> None:
    session = make_session()
    outcome(client, session)
    withdraw(registration=Registration.objects.get())
    assert "Votre place est réservée" in outcome(client, session)
    assert Registration.objects.count() == 2
