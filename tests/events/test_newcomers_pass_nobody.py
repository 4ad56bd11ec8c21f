"""A newcomer decides by what stands when the seat is taken, never by what the page showed before."""

from typing import Any

import pytest

from events.domain.registration import register, registering, withdraw
from events.models import Registration, Session
from tests.factories import make_activity, make_person, make_session, make_user

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


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_who_double_clicks_on_two_dates_at_once_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their account is opened by the other date, then their first click on this one is faster."""
    activity = make_activity()
    this, other = make_session(activity), make_session(activity)
    person, find, asked = make_person(), registering.find_user, []

    def overtaken(**said: Any) -> Any:
        found = find(**said)
        if said["session"].pk == this.pk and len(asked) < 2:
            asked.append(1)
            with monkeypatch.context() as patch:
                patch.setattr(registering, "find_user", find)
                register(session=(other, this)[len(asked) - 1], person=person)
        return found

    monkeypatch.setattr(registering, "find_user", overtaken)
    assert register(session=this, person=person).created is False
    assert Registration.objects.filter(session=this, state=State.CONFIRMED).count() == 1
