"""The rules on the public pages: said before the form, refused beside the field, nothing disclosed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.links import registration_token
from events.domain.registration import approve, decline, move, register, withdraw
from events.models import ActivitySettings, Message, Registration, Session
from members.professions import Profession
from tests.clock import Clock, clock, paris
from tests.factories import (
    make_activity,
    make_organisation,
    make_person,
    make_registration,
    make_session,
    make_user,
)

__all__ = ["clock"]
pytestmark = [pytest.mark.today(2026, 11, 20, 12), pytest.mark.django_db, pytest.mark.one_engine]
State = Registration.State
GOOD = {"first_name": "Camille", "last_name": "Martin", "email": "camille@example.org", "profession": "60"}


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def page(session: Session) -> str:
    return plain(Client().get(f"/sessions/{session.pk}/").text)


def post(client: Client, session: Session, **fields: Any) -> Any:
    return client.post(f"/sessions/{session.pk}/inscription/", GOOD | fields)


def outcome(session: Session, client: Client | None = None, **fields: Any) -> str:
    """The page after the form, without what differs between any two sessions."""
    client = client or Client()
    response = post(client, session, **fields)
    assert response.status_code == 302, response.text
    return _plain(client.get(response["Location"]).text)


def _plain(text: str) -> str:
    return re.sub(r"/(?:sessions|dispositifs)/\d+|\?s=\d+|value=\"\w{64}\"", "", plain(text))


def in_days(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def url(registration: Registration) -> str:
    return f"/inscriptions/{registration_token(registration)}/"


# --- Said before, refused beside ----------------------------------------------------------------


def test_the_rules_are_said_before_the_form():
    text = page(make_session(professions=["50"], approval=True))
    assert "Session réservée à ces professions : sage-femme / maïeuticien." in text
    assert "La coordination valide chaque demande" in text
    assert text.index("valide chaque demande") < text.index('<form method="post"')
    assert "Envoyer ma demande" in text
    assert "Demander une place" in text


def test_a_profession_that_is_not_admitted_is_refused_beside_its_field():
    session = make_session(professions=["50"])
    response = post(Client(), session)
    assert response.status_code == 422
    listed = re.search(r'id="id_profession_error">(.*?)</ul>', plain(response.text), re.DOTALL)
    assert listed
    assert "réservée à ces professions : sage-femme / maïeuticien." in listed[1]
    assert "camille@example.org" in response.text


def choices_of(text: str) -> dict[str, list[str]]:
    """The professions to choose from, by the heading they stand under."""
    listed = re.search(r'<select name="profession".*?</select>', text, re.DOTALL)
    assert listed
    groups = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', listed[0], re.DOTALL)
    return {label: re.findall(r'value="(\w+)"', options) for label, options in groups}


def test_admitted_professions_come_first_and_the_others_read_that_they_are_not():
    session = make_session(professions=["60", "50"])
    groups = choices_of(page(session))
    assert list(groups) == ["Admises à cette session", "Non admises"]
    assert sorted(groups["Admises à cette session"]) == ["50", "60"]
    assert len(groups["Non admises"]) == len(Profession.choices) - 2


def test_somebody_who_should_be_admitted_reads_whom_to_write_to():
    session = make_session(professions=["50"])
    organisation = session.activity.organisation
    said = f'Écrivez à <a href="mailto:{organisation.email}">{organisation.short_name}</a>.'
    assert said in page(session)
    assert said in post(Client(), session).text
    assert "devrait être admise" not in page(make_session(session.activity))


@pytest.fixture
def pages_are_kept(settings: Any, request: pytest.FixtureRequest) -> None:
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.name}
    settings.CACHES = {**settings.CACHES, "pages": local}


@pytest.mark.usefixtures("pages_are_kept")
def test_a_part_that_pages_share_does_not_carry_professions_to_another_session():
    """Kept parts are shared by the sessions of one organisation."""
    activity = make_activity()
    reserved, other = (make_session(activity, professions=codes) for codes in (["50"], ["60"]))
    everybody = make_session(activity)
    for _each in range(2):
        assert choices_of(page(reserved))["Admises à cette session"] == ["50"]
        assert choices_of(page(everybody)) == {}
        assert choices_of(page(other))["Admises à cette session"] == ["60"]


def test_an_account_whose_profession_is_not_admitted_finds_the_list_in_sight():
    session = make_session(professions=["50"])
    client = Client()
    client.force_login(make_user(first_name="Camille", last_name="Martin", profession="60"))
    shown = client.get(f"/sessions/{session.pk}/").text
    assert shown.index('<select name="profession"') < shown.index("Modifier mes informations")
    midwife = Client()
    midwife.force_login(make_user(first_name="Anne", last_name="Martin", profession="50"))
    shown = midwife.get(f"/sessions/{session.pk}/").text
    assert shown.index("Modifier mes informations") < shown.index('<select name="profession"')


def test_whoever_comes_too_early_without_waiting_list_reads_when_to_come_back():
    session = make_session(days=3000, members_first_until=paris(2030, 12, 2, 9), waiting_list=False)
    response = post(Client(), session)
    listed = re.search(r'id="id_is_member_error">(.*?)</ul>', plain(response.text), re.DOTALL)
    assert listed
    assert "commencent le lundi 2 décembre 2030 à 9 h" in listed[1]


def test_free_seats_kept_for_members_are_not_said_to_be_full():
    session = make_session(capacity=4, members_first_until=in_days(3))
    make_registration(session)
    assert "4 places sur 4" in page(session)


# --- The outcome --------------------------------------------------------------------------------


def test_a_request_reads_as_one():
    assert "Votre demande est reçue" in outcome(make_session(approval=True))


def test_whoever_waits_for_the_members_reads_until_when():
    session = make_session(days=3000, members_first_until=paris(2030, 12, 2, 9))
    text = outcome(session)
    assert "position 1" in text
    assert "commencent le lundi 2 décembre 2030 à 9 h" in text
    assert "prochaine place" not in text


def test_under_a_season_limit_the_page_promises_nothing_before_the_mail():
    activity = make_activity()
    ActivitySettings.objects.create(activity=activity, season_limit=1)
    text = outcome(make_session(activity))
    assert "Regardez vos e-mails" in text
    assert "si vous n’avez pas déjà 1 inscription" in text
    assert "réservée" not in text


def test_a_signed_in_person_at_the_limit_is_told_on_the_page():
    activity, user = make_activity(), make_user()
    ActivitySettings.objects.create(activity=activity, season_limit=1)
    client = Client()
    client.force_login(user)
    assert "Votre place est réservée" in outcome(make_session(activity), client)
    response = post(client, make_session(activity, days=20))
    assert response.status_code == 422
    assert "déjà 1 inscription à ce dispositif" in plain(response.text)


# --- An address that is known teaches nothing -----------------------------------------------------


def twins(limit: int | None = None, **fields: Any) -> tuple[Session, Session]:
    """Two sessions alike; the tests register the victim in the first one only."""
    organisation = make_organisation()
    pair = []
    for slug in ("un", "deux"):
        activity = make_activity(organisation, title="Café", slug=slug)
        if limit:
            ActivitySettings.objects.create(activity=activity, season_limit=limit)
        pair.append(make_session(activity, **fields))
    return pair[0], pair[1]


def victim(session: Session, **fields: Any) -> Registration:
    return register(session=session, person=make_person(email=GOOD["email"], **fields)).registration


@pytest.mark.parametrize("answer", ["none", "approved", "declined"])
def test_a_request_of_a_known_address_looks_like_a_first_one(answer: str):
    known, new = twins(approval=True)
    registration = victim(known)
    if answer == "approved":
        approve(registration=registration, by=make_user())
        make_registration(new)
        approve(registration=new.registrations.get(), by=make_user())
    if answer == "declined":
        decline(registration=registration, reason="", by=make_user())
    assert outcome(known) == outcome(new)


@pytest.mark.parametrize("is_member", [False, True])
@pytest.mark.parametrize("stated", ["", "on"])
def test_members_first_is_judged_on_what_is_stated_now(is_member: bool, stated: str):
    known, new = twins(capacity=3, members_first_until=in_days(5))
    victim(known, is_member=is_member)
    make_registration(new, is_member=is_member)
    for session in (known, new):
        make_registration(session)
    fields = {"is_member": stated} if stated else {}
    assert outcome(known, **fields) == outcome(new, **fields)


def test_a_seat_that_is_offered_looks_like_any_other():
    known, new = twins(capacity=1, promotion="offer")
    for session in (known, new):
        first = make_registration(session)
        if session is known:
            registration = victim(session)
        else:
            make_registration(session)
        withdraw(registration=first)
    registration.refresh_from_db()
    assert registration.state == State.OFFERED
    assert outcome(known) == outcome(new)


def test_a_season_that_is_full_shows_as_one_that_is_not():
    known, new = twins(limit=1)
    other = make_session(known.activity, days=30)
    victim(other)
    assert outcome(known) == outcome(new)
    assert not known.registrations.exists()
    assert Message.objects.filter(kind="season_limit", recipient=GOOD["email"]).count() == 1


def test_a_season_that_is_full_is_refused_like_anybody_when_the_session_is():
    known, new = twins(limit=1, capacity=1, waiting_list=False)
    victim(make_session(known.activity, days=30))
    make_registration(make_session(new.activity, days=30))  # both pages show another date
    for session in (known, new):
        make_registration(session)
    answers = [post(Client(), session) for session in (known, new)]
    assert [each.status_code for each in answers] == [422, 422]
    assert _plain(answers[0].text) == _plain(answers[1].text)


def test_a_full_list_counts_a_known_address_like_a_newcomer():
    known, new = twins(limit=1, capacity=1)
    victim(make_session(known.activity, days=30))
    for session in (known, new):
        for _ in range(3):
            make_registration(session)
    text = outcome(known)
    assert "position 3" in text
    assert text == outcome(new)


# --- The personal page --------------------------------------------------------------------------


def offered(clock: Clock) -> Registration:
    clock.set(2026, 11, 24, 9)
    session = make_session(capacity=1, promotion="offer", offer_hours=2)
    first, second = make_registration(session), make_registration(session)
    withdraw(registration=first)
    return second


def test_an_offer_shows_its_deadline_and_two_buttons(clock: Clock):
    text = plain(Client().get(url(offered(clock))).text)
    assert "mardi 24 novembre 2026 à 11 h" in text
    assert "Oui, je viens" in text
    assert "Non, je la laisse" in text
    assert "Me désister" not in text


@pytest.mark.parametrize(("path", "state"), [("accepter/", State.CONFIRMED), ("decliner/", State.WITHDRAWN)])
def test_an_offer_is_answered_by_post_only(clock: Clock, path: str, state: str):
    registration = offered(clock)
    client = Client()
    for method in (client.get, client.head):
        assert method(url(registration) + path).status_code == 405
    registration.refresh_from_db()
    assert registration.state == State.OFFERED
    assert client.post(url(registration) + path, follow=True).status_code == 200
    registration.refresh_from_db()
    assert registration.state == state


def test_answering_needs_a_csrf_token(clock: Clock):
    registration = offered(clock)
    for path in ("accepter/", "decliner/"):
        assert Client(enforce_csrf_checks=True).post(url(registration) + path).status_code == 403


def test_an_answer_that_comes_too_late_reads_as_such(clock: Clock):
    registration = offered(clock)
    clock.move(hours=3)
    assert "Oui, je viens" not in Client().get(url(registration)).text
    response = Client().post(url(registration) + "accepter/")
    assert response.status_code == 422
    assert "La proposition a expiré" in response.text
    assert "Revoir la session" in response.text


def test_nonsense_answers_nothing():
    for path in ("accepter/", "decliner/"):
        assert Client().post(f"/inscriptions/1.1.x/{path}").status_code == 404


def test_a_request_may_be_withdrawn_from_its_page():
    registration = make_registration(make_session(approval=True))
    text = Client().get(url(registration)).text
    assert "Votre demande est reçue" in text
    assert "Retirer ma demande" in text


def test_a_refusal_and_a_move_read_as_what_they_are():
    session = make_session(approval=True)
    refused, moved = make_registration(session), make_registration(session)
    decline(registration=refused, reason="", by=make_user())
    move(registration=moved, session=make_session(session.activity, days=20), by=make_user())
    assert "n’a pas été retenue" in Client().get(url(refused)).text
    text = Client().get(url(moved)).text
    assert "a changé de session" in text
    assert "annulée" not in text


def test_ones_own_space_shows_every_state(clock: Clock):
    clock.set(2026, 11, 24, 9)
    user, by = make_user(), make_user()

    def mine(**fields: Any) -> Registration:
        session = make_session(**fields)
        for _ in range(fields.get("capacity", 99) == 1):
            make_registration(session)
        return register(session=session, person=make_person(), user=user).registration

    mine(approval=True)
    decline(registration=mine(approval=True), reason="", by=by)
    offer = mine(capacity=1, promotion="offer", days=30)
    withdraw(registration=offer.session.registrations.exclude(user=user).get())
    client = Client()
    client.force_login(user)
    text = plain(client.get("/mon-espace/").text)
    assert "Demande reçue" in text
    assert "Demande non retenue" in text
    assert "Une place vous est gardée jusqu’au" in text
