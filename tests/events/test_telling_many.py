"""What happens to everybody at once costs the same for three people and for thirty."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from events.domain.attendance import mark
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import JournalEntry, Message, Registration, Session
from tests.factories import make_registration, make_session, make_user

pytestmark = pytest.mark.django_db
State = Registration.State
MANY = pytest.mark.parametrize("people", [3, 30])
Counted = Callable[[int], Any]


def crowd(session: Session, people: int) -> list[Registration]:
    registered = [make_registration(session) for _ in range(people)]
    for model in (Registration, Session, Certificate):
        ContentType.objects.get_for_model(model)  # remembered by the process
    return registered


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


@MANY
def test_cancelling_takes_as_many_statements_for_thirty_people_as_for_three(
    people: int, django_assert_num_queries: Counted
) -> None:
    session = make_session(capacity=people - 1)
    crowd(session, people)
    with django_assert_num_queries(14):
        cancel_session(session=session, reason="Grève", by=make_user())
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (0, 0)
    assert set(session.registrations.values_list("state", flat=True)) == {State.CANCELLED}
    cancelled = Message.objects.filter(kind="cancelled")
    assert cancelled.count() == people
    assert cancelled.filter(calendar_method="CANCEL").count() == people - 1  # nobody invited who waited


@MANY
def test_moving_takes_as_many_statements_for_thirty_people_as_for_three(
    people: int, django_assert_num_queries: Counted
) -> None:
    session = make_session(capacity=1)
    crowd(session, people)
    session.refresh_from_db()
    later = [
        SlotTimes(slot.starts_at + timedelta(days=1), slot.ends_at + timedelta(days=1))
        for slot in session.slots.all()
    ]
    by = make_user()
    with django_assert_num_queries(19):
        save_session(session=session, slots=later, by=by)
    assert told("moved") == people


@MANY
def test_promoting_takes_as_many_statements_for_thirty_people_as_for_three(
    people: int, django_assert_num_queries: Counted
) -> None:
    session = make_session(capacity=1)
    crowd(session, people + 1)
    session.refresh_from_db()
    session.capacity = people + 1
    slots = [SlotTimes(slot.starts_at, slot.ends_at) for slot in session.slots.all()]
    by = make_user()
    with django_assert_num_queries(18):
        save_session(session=session, slots=slots, by=by)
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting) == (people + 1, 0)
    assert told("promoted") == people
    assert JournalEntry.objects.filter(action="escale.promote").count() == people


@MANY
def test_closing_the_last_sheet_takes_as_many_statements_for_thirty_people_as_for_three(
    people: int, django_assert_num_queries: Counted
) -> None:
    start = timezone.now() + timedelta(minutes=10)
    session = make_session(capacity=people, slots=[SlotTimes(start, start + timedelta(hours=1))])
    came = crowd(session, people)
    slot, by = session.slots.get(), make_user()
    mark(slot=slot, marks={each.pk: "present" for each in came}, by=by)
    with django_assert_num_queries(48):
        close_sheet(slot=slot, by=by)
    assert Certificate.objects.count() == told("after") == people
