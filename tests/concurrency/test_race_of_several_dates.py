"""Several dates in one go against single registrations, at the same instant, on either engine."""

from collections import Counter

import pytest
from django.db import connection

from events.domain.upkeep import wrong_counters
from events.domain.waiting import queue
from events.models import ActivitySettings, Registration, Session
from tests.concurrency.acts import Act, person
from tests.concurrency.crowd import all_at_once, states
from tests.factories import make_activity, make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
SEATS, DATES = 4, 3
EACH = 12  # people per date in the burst


def at_once(acts: list[Act]) -> dict[int, str]:
    return all_at_once(acts, {"NAME": connection.settings_dict["NAME"]})


def cycle(**fields: object) -> list[Session]:
    activity = make_activity()
    return [make_session(activity, days=20 + rank, title=f"Soirée {rank}", **fields) for rank in range(DATES)]


def many(sessions: list[Session], who: int) -> Act:
    """The boxes come in another order from one person to the next."""
    turned = sessions[who % DATES :] + sessions[: who % DATES]
    if who % 2:
        turned.reverse()
    return Act("register many", person=who, text=" ".join(str(session.pk) for session in turned))


@pytest.mark.parametrize("turn", range(2))
def test_a_burst_of_both_kinds_oversells_nothing_and_loses_no_seat(turn: int) -> None:
    sessions = cycle(capacity=SEATS)
    acts = [many(sessions, who) for who in range(8)]
    acts += [Act("register", sessions[who % DATES].pk, person=who) for who in range(8, 20)]

    heard = at_once(acts)

    assert set(" ".join(heard.values()).split()) == {"confirmed", "waitlisted"}
    for session in sessions:
        assert states(session.pk) == {"confirmed": SEATS, "waitlisted": EACH - SEATS}
        session.refresh_from_db()
        assert (session.seats_taken, session.waiting, session.excess) == (SEATS, EACH - SEATS, 0)
        arrivals = [each.registered_at for each in queue(session)]
        assert len(set(arrivals)) == len(arrivals)
    assert wrong_counters() == []


def test_without_waiting_list_everybody_has_all_or_nothing() -> None:
    sessions = cycle(capacity=SEATS, waiting_list=False)
    singles = [Act("register", sessions[1].pk, person=who) for who in range(20, 22)]

    heard = at_once([*(many(sessions, who) for who in range(12)), *singles])

    whole = [rank for rank in range(12) if heard[rank] == "confirmed confirmed confirmed"]
    alone = [rank for rank in (12, 13) if heard[rank] == "confirmed"]
    assert len(whole) + len(alone) == SEATS
    assert all("complète" in heard[rank] for rank in range(14) if rank not in whole + alone), heard
    held = Counter(Registration.objects.filter(state="confirmed").values_list("user", flat=True))
    assert sorted(held.values()) == [1] * len(alone) + [DATES] * len(whole)
    assert wrong_counters() == []


def test_one_person_who_sends_everything_twice_at_once_holds_each_date_once() -> None:
    sessions = cycle(capacity=SEATS)
    acts = [many(sessions, 7) for _ in range(6)]
    acts += [Act("register", session.pk, person=7) for session in sessions]

    heard = at_once(acts)

    assert set(" ".join(heard.values()).split()) == {"confirmed"}
    assert Registration.objects.count() == DATES
    assert wrong_counters() == []


def test_the_season_holds_when_one_person_asks_for_all_of_it_at_once() -> None:
    sessions = cycle(capacity=SEATS)
    ActivitySettings.objects.create(activity=sessions[0].activity, season_limit=2)
    make_registration(make_session(sessions[0].activity, days=30), email=person(7).email)
    pairs = [[sessions[0], sessions[1]], [sessions[1], sessions[2]], [sessions[2], sessions[0]]]
    acts = [Act("register many", person=7, text=f"{one.pk} {two.pk}") for one, two in pairs]
    acts += [Act("register", session.pk, person=7) for session in sessions]

    heard = at_once(acts)

    assert Registration.objects.filter(user__email=person(7).email).count() == 2, heard
    assert Counter(heard.values()) == {"limited": 5, "confirmed": 1}
    assert wrong_counters() == []


def test_dates_taken_together_while_others_give_theirs_back() -> None:
    sessions = cycle(capacity=SEATS)
    leaving = [make_registration(session) for session in sessions for _ in range(SEATS)]

    heard = at_once(
        [*(many(sessions, who) for who in range(8)), *(Act("withdraw", each.pk) for each in leaving)]
    )

    assert not [answer for answer in heard.values() if "Traceback" in answer]
    for session in sessions:
        assert states(session.pk) == {"withdrawn": SEATS, "confirmed": SEATS, "waitlisted": 8 - SEATS}
    assert wrong_counters() == []
