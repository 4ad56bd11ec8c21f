"""A letter written before anything is held is the mail that would be written after, to the letter."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.domain import letters, notices
from events.domain.registration import register, withdraw
from events.domain.registration.states import State
from events.domain.sessions import save_session, stored_times
from events.models import ActivityPage, Message, Registration, Session
from tests.factories import make_activity, make_admin, make_person, make_session, make_training

pytestmark = pytest.mark.django_db
OF_A_MESSAGE = (
    "recipient",
    "subject",
    "body",
    "calendar_method",
    "kind",
    "key",
    "session_id",
    "organisation_id",
)


def written_after(registration: Registration) -> Message:
    fresh = Registration.objects.get(pk=registration.pk)
    return notices.news(registration=fresh, kind=fresh.state)


def told(registration: Registration) -> Message:
    return Message.objects.get(registration=registration)


@pytest.fixture(params=[make_activity, make_training], ids=["activity", "training"])
def activity(request: pytest.FixtureRequest) -> ActivityPage:
    made: ActivityPage = request.param()
    return made


@pytest.mark.parametrize("before", [0, 1, 8, 9, 11])
def test_who_waits_is_told_as_if_it_were_written_after(activity: ActivityPage, before: int) -> None:
    session = make_session(activity, capacity=1)
    for n in range(before + 1):
        register(session=Session.objects.get(pk=session.pk), person=make_person(email=f"a{n}@example.org"))
    registration = register(session=Session.objects.get(pk=session.pk), person=make_person()).registration
    said, wanted = told(registration), written_after(registration)
    assert registration.state == State.WAITLISTED
    assert {name: getattr(said, name) for name in OF_A_MESSAGE} == {
        name: getattr(wanted, name) for name in OF_A_MESSAGE
    }
    place = f"{before + 1}e" if before else "1re"
    assert f"en {place} position" in " ".join(said.body.split())


@pytest.mark.parametrize("fields", [{}, {"approval": True}], ids=["confirmed", "pending"])
def test_who_enters_is_told_as_if_it_were_written_after(
    activity: ActivityPage, fields: dict[str, Any]
) -> None:
    registration = register(session=make_session(activity, **fields), person=make_person()).registration
    said, wanted = told(registration), written_after(registration)
    assert {name: getattr(said, name) for name in OF_A_MESSAGE} == {
        name: getattr(wanted, name) for name in OF_A_MESSAGE
    }


def test_two_people_find_neither_the_other_s_link_nor_name() -> None:
    session = make_session(capacity=1)
    first = register(session=session, person=make_person(first_name="Ali", email="ali@example.org"))
    session = Session.objects.get(pk=session.pk)
    second = register(session=session, person=make_person(first_name="Zoé", email="zoe@example.org"))
    for own, other in ((first, second), (second, first)):
        body = told(own.registration).body
        assert notices.registration_url(own.registration) in body
        assert notices.registration_url(other.registration) not in body
        assert other.registration.first_name not in body
        assert "None." not in body
        assert letters.DIGIT not in body


def test_who_was_likely_to_sit_and_waits_is_told_that_they_wait() -> None:
    session = make_session(capacity=1)
    read = Session.objects.get(pk=session.pk)
    register(session=session, person=make_person(email="plus.rapide@example.org"))
    registration = register(session=read, person=make_person()).registration
    assert registration.state == State.WAITLISTED
    assert told(registration).kind == "waitlisted"
    assert "1re position" in " ".join(told(registration).body.split())


def test_a_session_edited_meanwhile_is_told_as_it_is_to_who_waits() -> None:
    session = make_session(capacity=1, city="Le Havre")
    register(session=session, person=make_person(email="premier@example.org"))
    read = Session.objects.get(pk=session.pk)
    edited = Session.objects.get(pk=session.pk)
    edited.city = "Fécamp"
    save_session(session=edited, slots=stored_times(edited), by=None)
    registration = register(session=read, person=make_person()).registration
    assert registration.state == State.WAITLISTED
    assert "Fécamp" in told(registration).body
    assert "Le Havre" not in told(registration).body


def test_who_was_likely_to_wait_and_sits_is_told_that_they_sit() -> None:
    session = make_session(capacity=1)
    register(session=session, person=make_person(email="premier@example.org"))
    read = Session.objects.get(pk=session.pk)
    edited = Session.objects.get(pk=session.pk)
    edited.capacity = 5
    save_session(session=edited, slots=stored_times(edited), by=None)
    registration = register(session=read, person=make_person()).registration
    assert registration.state == State.CONFIRMED
    assert told(registration).kind == "confirmed"
    assert told(registration).calendar


def test_who_is_the_first_by_then_reads_that_they_are_the_first() -> None:
    session = make_session(capacity=1)
    register(session=session, person=make_person(email="assise@example.org"))
    left = [
        register(session=Session.objects.get(pk=session.pk), person=make_person()).registration
        for _ in range(3)
    ]
    read = Session.objects.get(pk=session.pk)
    for each in left:
        withdraw(registration=each)
    registration = register(session=read, person=make_person()).registration
    assert "en 1re position" in " ".join(told(registration).body.split())


@pytest.mark.parametrize(
    ("promotion", "said", "unsaid"),
    [
        ("automatic", "vous n’avez rien à faire", "il faudra répondre"),
        ("offer", "il faudra répondre", "vous n’avez rien à faire"),
    ],
)
def test_who_waits_for_the_members_reads_whether_an_answer_will_be_asked(
    promotion: str, said: str, unsaid: str
) -> None:
    until = timezone.now() + timedelta(days=2)
    session = make_session(members_first_until=until, promotion=promotion)
    registration = register(session=session, person=make_person()).registration
    body = " ".join(told(registration).body.split())
    assert registration.state == State.WAITLISTED
    assert said in body
    assert unsaid not in body


def test_who_the_coordination_registers_needs_no_approval_and_reads_so() -> None:
    session = make_session(approval=True)
    registration = register(session=session, person=make_person(), by=make_admin()).registration
    assert told(registration).kind == registration.state == State.CONFIRMED


def test_a_rank_that_has_more_digits_by_then_is_said_in_lines_cut_for_it() -> None:
    session = make_session(capacity=1)
    read = None
    for n in range(11):
        if n == 5:
            read = Session.objects.get(pk=session.pk)
        register(session=Session.objects.get(pk=session.pk), person=make_person(email=f"b{n}@example.org"))
    assert read is not None
    registration = register(session=read, person=make_person()).registration
    assert told(registration).body == written_after(registration).body
    assert "11e position" in " ".join(told(registration).body.split())
