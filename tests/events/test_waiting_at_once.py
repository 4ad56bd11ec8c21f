"""The rank in an ordinary queue is given by one statement; whatever else stands, it gives none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common.errors import DomainError
from events.domain import seats
from events.domain.outbox import deliver_messages
from events.domain.registration import register, withdraw
from events.domain.sessions import save_session, stored_times
from events.models import ActivitySettings, Message, Registration, Session
from members.models import User
from tests.factories import make_person, make_session, make_user

pytestmark = pytest.mark.django_db
State = Registration.State


def full(**fields: Any) -> Session:
    session = make_session(capacity=1, **fields)
    register(session=session, person=make_person())
    return read(session)


def read(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def change(session: Session, **facts: Any) -> None:
    """Beside whoever has read the session, and without a new version."""
    Session.objects.filter(pk=session.pk).update(**facts)


def limit(session: Session) -> None:
    ActivitySettings.objects.update_or_create(activity=session.activity, defaults={"season_limit": 1})


NOT_ORDINARY: dict[str, Callable[[Session], object]] = {
    "edited": lambda session: change(session, version=session.version + 1),
    "cancelled": lambda session: change(session, status=Session.Status.CANCELLED),
    "on approval": lambda session: change(session, approval=True),
    "reserved": lambda session: change(session, professions=["10"]),
    "members first": lambda session: change(session, members_first_until=timezone.now() + timedelta(days=1)),
    "no queue": lambda session: change(session, waiting_list=False),
    "a season's limit": limit,
    "a seat is free": lambda session: change(session, seats_taken=0),
    "one more seat": lambda session: change(session, overbooking=1),
}


def test_each_who_waits_has_the_next_rank_and_their_letter_says_it() -> None:
    session = full()
    for rank, email in enumerate(["", make_user().email, ""], 1):
        person = make_person(email=email) if email else make_person()
        registration = register(session=session, person=person).registration
        assert (registration.state, registration.waited) == (State.WAITLISTED, True)
        assert registration.position == rank  # type: ignore[attr-defined]
        assert Message.objects.filter(registration=registration).count() == 1
    stands = read(session)
    assert (stands.seats_taken, stands.waiting, stands.excess) == (1, 3, 0)


def test_the_worker_is_woken_for_who_waits(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    session = full()
    DBTaskResult.objects.all().delete()
    register(session=session, person=make_person())
    assert DBTaskResult.objects.get().task_path == deliver_messages.module_path


def test_somebody_erased_while_their_form_was_on_its_way_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, owner = full(), make_user()
    take_rank = seats.wait

    def erased_meanwhile(**said: Any) -> int:
        User.objects.filter(pk=owner.pk).update(erased_at=timezone.now())
        return take_rank(**said)

    monkeypatch.setattr(seats, "wait", erased_meanwhile)
    with pytest.raises(DomainError, match="recommencez"):
        register(session=session, person=make_person(email=owner.email))
    assert not owner.registrations.exists()
    assert read(session).waiting == 0


@pytest.mark.parametrize("change_it", NOT_ORDINARY.values(), ids=NOT_ORDINARY)
def test_no_rank_is_given_where_the_session_is_not_as_it_was_read(
    change_it: Callable[[Session], object],
) -> None:
    session = full()
    assert seats.wait(session=session) == 1
    change(session, waiting=0)
    change_it(session)
    assert seats.wait(session=session) == 0
    assert read(session).waiting == 0


def test_a_seat_is_not_for_a_newcomer_where_somebody_waits() -> None:
    session = full()
    change(session, seats_taken=0, waiting=2)
    assert seats.wait(session=session) == 3


def test_members_first_is_over_at_its_hour() -> None:
    session = full()
    change(session, members_first_until=timezone.now() - timedelta(seconds=1))
    assert seats.wait(session=session) == 1


def test_a_seat_freed_after_the_session_was_read_is_taken() -> None:
    session = make_session(capacity=1)
    gone = register(session=session, person=make_person()).registration
    session = read(session)
    withdraw(registration=gone)
    registration = register(session=session, person=make_person()).registration
    assert registration.state == State.CONFIRMED
    assert Message.objects.get(registration=registration).kind == "confirmed"
    stands = read(session)
    assert (stands.seats_taken, stands.waiting) == (1, 0)


def test_a_session_edited_meanwhile_is_told_as_it_is_to_who_waits() -> None:
    session = full(city="Le Havre")
    edited = read(session)
    edited.city = "Fécamp"
    save_session(session=edited, slots=stored_times(edited), by=None)
    registration = register(session=session, person=make_person()).registration
    assert registration.state == State.WAITLISTED
    body = Message.objects.get(registration=registration).body
    assert "Fécamp" in body
    assert "Le Havre" not in body


def test_a_queue_closed_meanwhile_takes_nobody() -> None:
    session = full()
    change(session, waiting_list=False)
    with pytest.raises(DomainError, match="complète"):
        register(session=session, person=make_person())
    assert read(session).waiting == 0
