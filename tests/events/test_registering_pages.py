"""The form of a session: for a stranger, this browser a moment later, somebody signed in."""

import re
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events.domain.registration import register
from events.models import EventPage, Message, Registration, Session
from members.models import Membership, User
from tests.factories import (
    make_activity,
    make_organisation,
    make_person,
    make_question_set,
    make_registration,
    make_session,
    make_user,
)
from trainings.models import TrainingPage

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
GOOD = {"first_name": "Camille", "last_name": "Martin", "email": "camille@example.org", "profession": "60"}


def url(session: Session) -> str:
    return f"/sessions/{session.pk}/"


def post(client: Client, session: Session, **fields: Any) -> HttpResponse:
    return client.post(f"{url(session)}inscription/", GOOD | fields)


def complete_user(**fields: Any) -> User:
    return make_user(**({"profession": "60", "first_name": "Ana", "last_name": "Lebrun"} | fields))


def training(session: Session) -> Session:
    """The session, on approval, of a training instead of an event."""
    page = session.activity.get_parent().add_child(
        instance=TrainingPage(title="Leader", slug="leader", summary="x", organisation=make_organisation())
    )
    Session.objects.filter(pk=session.pk).update(activity=page, approval=True)
    return Session.objects.get(pk=session.pk)


# --- What this browser typed a moment ago -------------------------------------------------------------


def test_the_next_session_finds_the_form_filled(client: Client) -> None:
    post(client, make_session(), civility="mme", rpps="10000000009")
    page = client.get(url(make_session()))
    for kept in ('value="Camille"', 'value="Martin"', 'value="camille@example.org"'):
        assert kept in page.text
    assert '<option value="60" selected>' in page.text
    assert "Ce n’est pas moi" in page.text
    assert "10000000009" not in page.text  # computers are shared
    assert "no-store" in page["Cache-Control"]


def test_one_is_a_member_where_one_said_so(client: Client) -> None:
    here = make_activity()
    post(client, make_session(here), is_member="on")
    ticked = re.compile(r'name="is_member"[^>]*checked')
    assert ticked.search(client.get(url(make_session(here))).text)
    assert not ticked.search(client.get(url(make_session())).text)


def test_this_is_not_me_forgets_everything(client: Client) -> None:
    session = make_session()
    post(client, session)
    other = make_session()
    answer = client.post("/inscriptions/oublier/", {"suite": f"{url(other)}#inscription"})
    assert answer["Location"] == f"{url(other)}#inscription"
    assert "Camille" not in client.get(url(other)).text
    assert client.get(f"{url(session)}inscription/merci/").status_code == 302
    assert "camille" not in str(dict(client.session))


@pytest.mark.parametrize("suite", ["https://example.org/", "//example.org", "\\\\example.org", "", "x" * 600])
def test_forgetting_leads_nowhere_else(client: Client, suite: str) -> None:
    assert client.post("/inscriptions/oublier/", {"suite": suite})["Location"] == "/calendrier/"


def test_forgetting_is_no_get(client: Client) -> None:
    assert client.get("/inscriptions/oublier/").status_code == 405


def test_half_an_hour_later_nothing_is_left_on_the_form(client: Client) -> None:
    post(client, make_session())
    kept = client.session
    kept["registration_person"]["at"] -= 1801
    kept.save()
    assert "Camille" not in client.get(url(make_session())).text


def test_half_an_hour_later_whoever_sits_here_learns_nothing_of_who_did(client: Client) -> None:
    session = make_session()
    post(client, session)
    thanks = f"{url(session)}inscription/merci/"
    post(client, session)
    assert "Votre place est déjà réservée" in client.get(thanks).text, "a second click, a moment later"
    with patch("time.time", return_value=time.time() + 1801):
        assert client.get(thanks).status_code == 302
        post(client, session)
        assert "Votre place est réservée" in client.get(thanks).text, "as a newcomer reads it"


def test_who_signs_in_here_finds_nothing_of_who_typed_before(client: Client) -> None:
    session = make_session()
    post(client, session)
    thanks = f"{url(session)}inscription/merci/"
    with_session = client.cookies["sessionid"].value
    client.force_login(complete_user(email="ana@example.org"))
    assert client.cookies["sessionid"].value != with_session
    assert client.get(thanks).status_code == 302


def test_another_browser_finds_a_blank_form(client: Client) -> None:
    session = make_session()
    post(client, session)
    for _ in range(2):
        assert "Camille" not in Client().get(url(session)).text


def test_a_form_that_was_refused_is_not_remembered(client: Client) -> None:
    post(client, make_session(), email="pas une adresse")
    assert "Camille" not in client.get(url(make_session())).text


# --- Signed in ----------------------------------------------------------------------------------------


def test_somebody_whose_account_is_complete_has_one_button(client: Client) -> None:
    user, session = complete_user(), make_session()
    client.force_login(user)
    page = client.get(url(session)).text
    assert "Ana Lebrun" in page
    before_fold = page[page.index("whoami") : page.index("Modifier mes informations")]
    assert not re.findall(r'<input type="(?:text|email)"|<select', before_fold)
    form = page[page.index('<form method="post" action="/sessions/') :]
    typed = dict(re.findall(r'name="(first_name|last_name|rpps)"[^>]*value="([^"]*)"', form))
    assert client.post(f"{url(session)}inscription/", typed | {"profession": "60"}).status_code == 302
    assert Registration.objects.get().full_name == "Ana Lebrun"


def test_only_what_the_account_lacks_is_asked(client: Client) -> None:
    user, session = complete_user(profession=""), make_session()
    client.force_login(user)
    page = client.get(url(session)).text
    asked = page[page.index("whoami") : page.index("Modifier mes informations")]
    assert 'name="profession"' in asked
    assert 'name="first_name"' not in asked
    post(client, session, profession="10")
    user.refresh_from_db()
    assert user.profession == "10"


def test_a_mistake_in_what_is_folded_opens_it(client: Client) -> None:
    client.force_login(complete_user())
    page = post(client, make_session(), first_name="").text
    assert '<details class="more" open>' in page


def test_an_open_membership_ticks_its_box(client: Client) -> None:
    user, session = complete_user(), make_session()
    client.force_login(user)
    ticked = re.compile(r'name="is_member"[^>]*checked')
    assert not ticked.search(client.get(url(session)).text)
    day = timezone.localdate() - timedelta(days=9)
    Membership.objects.create(user=user, organisation=session.activity.organisation, since=day)
    assert ticked.search(client.get(url(session)).text)


def test_what_one_said_last_time_ticks_the_box(client: Client) -> None:
    user, activity = complete_user(), make_activity()
    register(session=make_session(activity), person=make_person(is_member=True), user=user)
    client.force_login(user)
    assert re.search(r'name="is_member"[^>]*checked', client.get(url(make_session(activity))).text)


def test_somebody_registered_reads_so_instead_of_a_form(client: Client) -> None:
    user, session = complete_user(), make_session()
    register(session=session, person=make_person(), user=user)
    client.force_login(user)
    page = client.get(url(session)).text
    assert "Votre inscription est enregistrée." in page
    assert "Réserver ma place" not in page


# --- Limits lose nothing that was typed ---------------------------------------------------------------


def test_too_many_from_one_place_get_their_form_back(client: Client, settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = 1
    session = make_session()
    post(client, session, email="a@example.org")
    answer = post(Client(), session, email="b@example.org", first_name="Zoé")
    assert answer.status_code == 429
    assert 'value="Zoé"' in answer.text
    assert 'value="b@example.org"' in answer.text
    assert 'role="alert"' in answer.text
    assert Registration.objects.count() == 1


def test_a_robot_that_goes_from_session_to_session_is_slowed_down(settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_ADDRESS = 2
    codes = [post(Client(), make_session(), email=f"a{n}@example.org").status_code for n in range(7)]
    assert codes == [302] * 6 + [429]


def test_a_hospital_of_150_people_behind_one_address_passes_and_a_robot_does_not() -> None:
    session = make_session(capacity=150)
    codes = [post(Client(), session, email=f"a{n}@example.org").status_code for n in range(150)]
    assert set(codes) == {302}
    codes = [
        post(Client(), session, email=f"robot{n}@example.org", profession="").status_code for n in range(60)
    ]
    assert codes[-1] == 429


def test_nobody_floods_a_mailbox_from_many_places(settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_MAILBOX = 3
    for place in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{place}")
        answer = post(client, make_session(), email=" Victime@Example.org")
    assert answer.status_code == 429
    assert "Cette adresse e-mail a été tapée beaucoup de fois" in answer.text
    assert Message.objects.filter(recipient="victime@example.org").count() == 3


def test_the_limit_of_a_mailbox_is_the_same_for_a_known_and_an_unknown_address(
    settings: LazySettings,
) -> None:
    settings.REGISTRATIONS_PER_MAILBOX = 2
    session = make_session()
    make_registration(session, email="connue@example.org")
    for email in ("connue@example.org", "inconnue@example.org"):
        codes = [post(Client(), session, email=email).status_code for _ in range(3)]
        assert codes == [302, 302, 429]


def test_several_dates_count_as_many_mails(settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_MAILBOX = 3
    activity = make_activity()
    keys = [make_session(activity, days=9 + n, title=f"S{n}").pk for n in range(4)]
    answer = Client().post("/inscriptions/plusieurs/", GOOD | {"dispositif": activity.pk, "sessions": keys})
    assert answer.status_code == 429
    assert not Registration.objects.exists()


def test_somebody_signed_in_is_not_counted_by_mailbox(client: Client, settings: LazySettings) -> None:
    settings.REGISTRATIONS_PER_MAILBOX = 1
    client.force_login(complete_user())
    assert [post(client, make_session()).status_code for _ in range(3)] == [302] * 3


# --- The words of a training that chooses -------------------------------------------------------------


def test_a_training_on_approval_takes_applications(client: Client) -> None:
    session = training(make_session())
    page = client.get(url(session)).text
    assert "Envoyer ma candidature" in page
    assert "La coordination la lit, puis vous répond par e-mail." in page
    assert "La coordination valide chaque demande" not in page  # said once, as a step
    post(client, session)
    said = client.get(f"{url(session)}inscription/merci/").text
    assert "Votre candidature est reçue" in said
    assert "Votre candidature est lue." in said


def test_an_event_on_approval_takes_requests(client: Client) -> None:
    session = make_session(approval=True)
    assert isinstance(session.activity.specific, EventPage)
    page = client.get(url(session)).text
    assert "Envoyer ma demande" in page
    assert "andidat" not in page


@pytest.mark.parametrize(
    ("fields", "wanted"), [({}, True), ({"capacity": 1}, False), ({"approval": True}, False)]
)
def test_only_a_confirmed_place_goes_into_the_calendar(client: Client, fields: Any, wanted: bool) -> None:
    session = make_session(**fields)
    make_registration(session)
    post(client, session)
    said = client.get(f"{url(session)}inscription/merci/").text
    assert ("Ajouter à mon agenda" in said) is wanted


@pytest.mark.parametrize("name", ["CPTS Grand Havre", "Association Les Amarres", "URPS", "La Rade"])
def test_the_member_s_box_reads_right_whatever_the_name(client: Client, name: str) -> None:
    session = make_session(make_activity(make_organisation(short_name=name)))
    assert f"Je suis adhérent·e de cette structure ({name})" in client.get(url(session)).text


def test_a_group_of_radio_buttons_is_reached_from_the_summary(client: Client) -> None:
    session = make_session()
    asked = make_question_set(
        {"kind": "choice", "label": "Venez-vous ?", "options": ["Oui", "Non"], "required": True},
        organisation=session.activity.organisation,
    )
    Session.objects.filter(pk=session.pk).update(question_set=asked)
    page = post(client, session).text
    linked = re.search(r'<a href="#(id_question_\d+_0)">Venez-vous', page)
    assert linked
    assert f'id="{linked[1]}"' in page
