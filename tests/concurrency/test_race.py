"""Forty people, five seats, the same instant: real processes on a real database, either engine."""

import pytest
from django.db import connection

from events.domain.waiting import queue, waiting_position
from events.models import Registration, Session
from tests.concurrency.crowd import rush, states
from tests.factories import make_session

PEOPLE = 40
SEATS = 5

pytestmark = pytest.mark.django_db(transaction=True)


def database() -> dict[str, object]:
    return {"NAME": connection.settings_dict["NAME"]}


def check_counters(session: Session) -> None:
    session.refresh_from_db()
    assert session.seats_taken == SEATS
    assert session.waiting == PEOPLE - SEATS
    assert session.excess == 0


@pytest.mark.parametrize("turn", range(3))
def test_five_of_forty_people_who_register_at_once_get_the_five_seats_and_the_others_wait_in_line(
    turn: int,
) -> None:
    session = make_session(capacity=SEATS)

    heard = rush(session_id=session.pk, people=list(range(PEOPLE)), database=database())

    assert sorted(heard.values()) == ["confirmed"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
    assert states(session.pk) == {"confirmed": SEATS, "waitlisted": PEOPLE - SEATS}
    line = list(queue(session))
    assert [waiting_position(registration) for registration in line] == list(range(1, PEOPLE - SEATS + 1))
    arrivals = [registration.registered_at for registration in line]
    assert arrivals == sorted(arrivals)
    assert len(set(arrivals)) == len(arrivals)
    confirmed = session.registrations.filter(state=Registration.State.CONFIRMED)
    assert max(confirmed.values_list("registered_at", flat=True)) < arrivals[-1]
    check_counters(session)


def test_one_person_who_clicks_many_times_at_once_holds_one_place() -> None:
    session = make_session(capacity=SEATS)

    heard = rush(session_id=session.pk, people=[7] * 12, database=database())

    assert set(heard.values()) == {"confirmed"}
    assert states(session.pk) == {"confirmed": 1}
    session.refresh_from_db()
    assert session.seats_taken == 1
