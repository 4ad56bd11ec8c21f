"""Members first, offers and a season's limit, all at the same instant: real processes, either engine."""

from collections import Counter

import pytest
from django.db import connection

from events.domain.registration import withdraw
from events.domain.upkeep import wrong_counters
from events.domain.waiting import queue
from events.models import ActivitySettings, Registration, Session
from tests.clock import paris
from tests.concurrency.acts import Act, person
from tests.concurrency.crowd import all_at_once, states
from tests.factories import make_activity, make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
SEATS = 4
FAR = paris(2099, 1, 1)


def at_once(acts: list[Act]) -> dict[int, str]:
    return all_at_once(acts, {"NAME": connection.settings_dict["NAME"]})


def test_only_members_get_the_seats_and_everybody_else_waits_behind_them() -> None:
    session = make_session(capacity=SEATS)
    Session.objects.filter(pk=session.pk).update(members_first_until=FAR)

    heard = at_once([Act("register", session.pk, person=i, is_member=i % 2 == 0) for i in range(16)])

    assert Counter(heard.values()) == {"confirmed": SEATS, "waitlisted": 12}
    assert set(session.registrations.filter(state="confirmed").values_list("is_member", flat=True)) == {True}
    session.refresh_from_db()
    assert [each.is_member for each in queue(session)] == [True] * 4 + [False] * 8
    assert wrong_counters() == []


def test_offers_answered_while_others_withdraw_and_register_lose_no_seat_and_give_none_twice() -> None:
    session = make_session(capacity=SEATS, promotion="offer")
    people = [make_registration(session) for _ in range(SEATS + 8)]
    for each in people[:2]:
        withdraw(registration=each)
    offered = list(session.registrations.filter(state="offered").order_by("pk"))
    assert len(offered) == 2

    heard = at_once(
        [
            Act("accept", offered[0].pk),
            Act("accept", offered[0].pk),
            Act("decline", offered[1].pk),
            Act("decline", offered[1].pk),
            Act("withdraw", people[2].pk),
            Act("withdraw", people[3].pk),
            *[Act("register", session.pk, person=i) for i in range(6)],
        ]
    )

    assert [heard[rank] for rank in range(6)] == ["confirmed"] * 2 + ["withdrawn"] * 4
    assert {heard[rank] for rank in range(6, 12)} == {"waitlisted"}
    counted = states(session.pk)
    assert (counted["confirmed"], counted["offered"]) == (1, 3)
    assert wrong_counters() == []
    session.refresh_from_db()
    assert (session.seats_taken, session.excess) == (SEATS, 0)
    first_in_line = session.registrations.filter(state="offered").order_by("pk")
    assert [each.pk for each in first_in_line] == [each.pk for each in people[6:9]]


def test_somebody_who_accepts_and_declines_at_once_has_one_answer() -> None:
    session = make_session(capacity=1, promotion="offer")
    first, second, third = (make_registration(session) for _ in range(3))
    withdraw(registration=first)

    at_once([Act(what, second.pk) for what in ("accept", "decline") * 4])

    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) in {("confirmed", "waitlisted"), ("withdrawn", "offered")}
    assert wrong_counters() == []


def test_one_person_who_registers_everywhere_at_once_stays_within_the_season() -> None:
    activity = make_activity()
    ActivitySettings.objects.create(activity=activity, season_limit=2)
    sessions = [make_session(activity, title=f"Soirée {i}") for i in range(8)]
    make_registration(sessions[0], email=person(99).email)

    heard = at_once([Act("register", session.pk, person=99) for session in sessions[1:]])

    assert Counter(heard.values()) == {"confirmed": 1, "limited": 6}
    assert Registration.objects.filter(state="confirmed").count() == 2
    assert wrong_counters() == []
