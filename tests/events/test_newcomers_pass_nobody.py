"""A newcomer decides by what stands when the seat is taken, never by what the page showed before."""

import pytest

from events.domain.registration import register, withdraw
from events.models import Registration, Session
from tests.factories import make_person, make_session, make_user

pytestmark = pytest.mark.django_db
State = Registration.State


def test_a_seat_freed_after_the_last_promotion_is_not_for_who_saw_no_queue() -> None:
    """Nobody is promoted any more, so a seat is free while somebody waits: the coordination decides."""
    session = make_session(days=1, capacity=1, promotion_cutoff_hours=72)
    read = Session.objects.get(pk=session.pk)
    first = register(session=session, person=make_person()).registration
    waits = register(session=Session.objects.get(pk=session.pk), person=make_person()).registration
    assert waits.state == State.WAITLISTED
    withdraw(registration=first)
    stands = Session.objects.get(pk=session.pk)
    assert (stands.seats_taken, stands.waiting) == (0, 1)

    for person in (make_person(), make_person(email=make_user().email)):
        assert register(session=read, person=person).registration.state == State.WAITLISTED

    stands.refresh_from_db()
    assert (stands.seats_taken, stands.waiting) == (0, 3)


def test_whoever_withdraws_while_they_register_again_comes_as_a_newcomer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = make_session()
    gone = register(session=session, person=make_person()).registration
    withdraw(registration=gone)
    read = (gone.user, gone.pk)
    monkeypatch.setattr("events.domain.registration.registering.find_user", lambda **_: read)

    outcome = register(session=Session.objects.get(pk=session.pk), person=make_person(email=gone.user.email))

    assert outcome.created
    assert outcome.registration.state == State.CONFIRMED
