"""The clock against the people: seats that a date frees, offers that expire; either engine."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from events.domain.registration import withdraw
from events.domain.upkeep import wrong_counters
from events.models import JournalEntry, Message, Registration, Session
from tests.clock import paris
from tests.concurrency.crowd import Act, all_at_once, states
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
SEATS = 6
WORKERS = [Act("fill_due"), Act("fill_due")]


def at_once(acts: list[Act]) -> dict[int, str]:
    return all_at_once(acts, {"NAME": connection.settings_dict["NAME"]})


def a_line_behind_members(people: int, **fields: object) -> tuple[Session, list[Registration]]:
    """Two members hold seats, ``people`` others wait, and the members' date has just passed."""
    session = make_session(capacity=SEATS, **fields)
    here = Session.objects.filter(pk=session.pk)
    here.update(members_first_until=paris(2099, 1, 1))
    session.refresh_from_db()
    members = [make_registration(session, is_member=True) for _ in range(2)]
    line = [make_registration(session) for _ in range(people)]
    assert {each.state for each in line} == {"waitlisted"}
    here.update(members_first_until=timezone.now() - timedelta(seconds=1))
    return session, [*members, *line]


def told(kind: str) -> Counter[int]:
    return Counter(Message.objects.filter(kind=kind).values_list("registration", flat=True))


def test_when_members_first_ends_two_workers_fill_the_seats_once_while_people_come_and_go() -> None:
    session, people = a_line_behind_members(10)
    leaving = [people[0], people[3], people[9]]

    heard = at_once(
        [
            *WORKERS,
            *[Act("withdraw", each.pk) for each in leaving],
            *[Act("register", session.pk, person=i) for i in range(6)],
        ]
    )

    assert {heard[rank] for rank in (2, 3, 4)} == {"withdrawn"}
    assert {heard[rank] for rank in range(5, 11)} == {"waitlisted"}
    assert wrong_counters() == []
    session.refresh_from_db()
    assert (session.seats_taken, session.excess) == (SEATS, 0)
    # In order of arrival: nobody who still waits came before somebody who was promoted.
    promoted = session.registrations.filter(state="confirmed", is_member=False)
    waiting = session.registrations.filter(state="waitlisted")
    last_in = max(promoted.values_list("registered_at", flat=True))
    assert last_in < min(waiting.values_list("registered_at", flat=True))
    given = told("promoted")
    assert set(given.values()) == {1}
    assert set(promoted.values_list("pk", flat=True)) <= set(given)
    assert JournalEntry.objects.filter(action="escale.promote").count() == len(given)


def test_two_workers_offer_each_seat_to_one_person() -> None:
    session, people = a_line_behind_members(8, promotion="offer")

    heard = at_once(WORKERS * 2)

    assert sum(map(int, heard.values())) == SEATS - 2
    assert [each.pk for each in session.registrations.filter(state="offered").order_by("pk")] == [
        each.pk for each in people[2:SEATS]
    ]
    assert set(told("offered").values()) == {1}
    assert wrong_counters() == []


def test_an_offer_that_expires_while_its_person_accepts_is_either_kept_or_gone_once() -> None:
    session = make_session(capacity=2, promotion="offer")
    people = [make_registration(session) for _ in range(8)]
    for each in people[:2]:
        withdraw(registration=each)
    offered = session.registrations.filter(state="offered")
    # One offer is over, the other ends while everybody acts.
    offered.filter(pk=people[2].pk).update(offered_until=timezone.now())
    offered.filter(pk=people[3].pk).update(offered_until=timezone.now() + timedelta(milliseconds=600))

    heard = at_once(
        [Act("expire_offers")] * 3 + [Act("accept", each.pk) for each in people[2:4] for _ in range(3)]
    )

    answers = [heard[rank] for rank in range(3, 9)]
    assert set(answers[:3]) == {"Cette proposition a expiré : la place est allée à la personne suivante."}
    assert wrong_counters() == []
    session.refresh_from_db()
    assert (session.seats_taken, session.excess) == (2, 0)
    kept = Registration.objects.get(pk=people[3].pk).state == "confirmed"
    assert (answers[3:] == ["confirmed"] * 3) == kept
    assert states(session.pk) == (
        {"withdrawn": 2, "expired": 1, "confirmed": 1, "offered": 1, "waitlisted": 3}
        if kept
        else {"withdrawn": 2, "expired": 2, "offered": 2, "waitlisted": 2}
    )
    assert told("offer_expired") == Counter({each.pk: 1 for each in people[2 : 3 if kept else 4]})
    assert set(told("offered").values()) == {1}
    assert JournalEntry.objects.filter(action="escale.expire_offer").count() == (1 if kept else 2)
