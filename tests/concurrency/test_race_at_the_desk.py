"""Two coordinators at the same instant: one decision, one edit, one season, one message; either engine."""

from collections import Counter

import pytest
from django.db import connection

from events.domain.registration import withdraw
from events.domain.upkeep import wrong_counters
from events.models import JournalEntry, Mailing, Message, MessageRule, Registration, Session
from tests.clock import paris
from tests.concurrency.acts import Act, person
from tests.concurrency.crowd import all_at_once, states
from tests.events.test_message_rules import a_day, make_rule
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Act]) -> dict[int, str]:
    return all_at_once(acts, {"NAME": connection.settings_dict["NAME"]})


def coordinators() -> tuple[int, int]:
    organisation = make_organisation()
    return make_coordinator(organisation).pk, make_coordinator(organisation).pk


def test_a_request_decided_by_many_at_once_is_decided_once() -> None:
    one, other = coordinators()
    session = make_session(capacity=1, approval=True)
    asked = make_registration(session)
    acts = [Act(what, asked.pk, by=by) for what in ("approve", "refuse") for by in (one, other) * 2]

    heard = at_once(acts)

    asked.refresh_from_db()
    decided = Counter(heard.values())
    assert decided.pop("Cette demande a déjà reçu une réponse, ou elle a été retirée.") == 7
    assert decided == {asked.state: 1}
    assert asked.state in ("confirmed", "declined")
    assert JournalEntry.objects.filter(action__in=("escale.approve", "escale.decline")).count() == 1
    assert Message.objects.filter(kind__in=("approved", "declined")).count() == 1
    assert wrong_counters() == []


def test_requests_approved_at_once_share_the_seats_that_there_are() -> None:
    one, other = coordinators()
    session = make_session(capacity=3, approval=True)
    asked = [make_registration(session) for _ in range(8)]

    heard = at_once([Act("approve", each.pk, by=one if i % 2 else other) for i, each in enumerate(asked)])

    assert Counter(heard.values()) == {"confirmed": 3, "waitlisted": 5}
    assert states(session.pk) == {"confirmed": 3, "waitlisted": 5}
    assert wrong_counters() == []


def test_somebody_let_in_out_of_turn_by_two_while_a_seat_is_freed_holds_one_seat() -> None:
    one, other = coordinators()
    session = make_session(capacity=2)
    people = [make_registration(session) for _ in range(6)]

    heard = at_once(
        [
            *[Act("promote", people[5].pk, by=by, text="Elle anime") for by in (one, other)],
            Act("withdraw", people[0].pk),
            Act("withdraw", people[5].pk),
            Act("withdraw", people[2].pk),
        ]
    )

    assert {heard[rank] for rank in (2, 3, 4)} == {"withdrawn"}
    assert {heard[0], heard[1]} <= {"confirmed", "Cette personne n’attend plus de place."}
    assert Counter([heard[0], heard[1]])["confirmed"] <= 1
    assert wrong_counters() == []
    session.refresh_from_db()
    # Whoever was let in beyond the seats left again; the seats are taken as long as somebody waits.
    assert (session.seats_taken, session.excess) == (2, 0)
    assert states(session.pk) == {"confirmed": 2, "waitlisted": 1, "withdrawn": 3}


def test_a_season_planned_by_many_clicks_at_once_exists_once() -> None:
    one, other = coordinators()
    activity = make_activity()

    heard = at_once([Act("plan", activity.pk, by=by) for by in (one, one, other)])

    assert Counter(heard.values()) == {"10 created, 0 skipped": 1, "0 created, 10 skipped": 2}
    assert Session.objects.filter(activity=activity).count() == 10


def test_of_two_who_save_the_same_version_at_once_one_wins_and_the_others_are_warned() -> None:
    one, other = coordinators()
    session = make_session()
    titles = [f"Titre {i}" for i in range(10)]

    heard = at_once(
        [Act("edit", session.pk, by=(one, other)[i % 2], text=title) for i, title in enumerate(titles)]
    )

    assert list(heard.values()).count("saved") == 1
    assert sum("modifié cette fiche" in answer for answer in heard.values()) == 9
    session.refresh_from_db()
    won = next(rank for rank, answer in heard.items() if answer == "saved")
    assert (session.title, session.version) == (titles[won], 2)
    assert JournalEntry.objects.filter(action="escale.edit").count() == 1


def test_a_message_sent_by_many_clicks_at_once_leaves_once_to_each() -> None:
    by = make_user().pk
    session = make_session()
    people = [make_registration(session) for _ in range(5)]

    heard = at_once([Act("send", session.pk, by=by, text="ceclic")] * 4)

    mailing = Mailing.objects.get()
    assert set(heard.values()) == {str(mailing.pk)}
    reached = Counter(mailing.messages.values_list("registration", flat=True))
    assert reached == Counter({each.pk: 1 for each in people})
    assert JournalEntry.objects.filter(action="escale.message").count() == 1


def test_reminders_queued_by_many_workers_at_once_are_queued_once() -> None:
    session = make_session(days=1, capacity=30)
    for days in (2, 3):
        make_rule(session.activity.organisation, days=days, name=f"{days} jours avant")
    people = [make_registration(session) for _ in range(30)]
    long_ago = a_day(-30)
    Registration.objects.update(registered_at=long_ago, state_changed_at=long_ago)
    Message.objects.update(created_at=long_ago)
    MessageRule.objects.update(active_since=long_ago)

    heard = at_once([Act("queue_due")] * 4)

    assert all(answer.isdigit() for answer in heard.values()), heard
    rules = MessageRule.objects.count()
    reminders = Message.objects.filter(kind="rule")
    assert set(Counter(reminders.values_list("registration", flat=True)).values()) == {
        reminders.count() // 30
    }
    assert 30 <= reminders.count() <= 30 * rules
    assert {each.pk for each in people} == set(reminders.values_list("registration", flat=True))


def test_two_clicks_for_the_last_seat_both_read_that_it_is_theirs() -> None:
    make_user(email=person(7).email)  # whoever has no account yet waits for it to be opened
    session = make_session(capacity=1, waiting_list=False)

    heard = at_once([Act("register", session.pk, person=7)] * 8)

    assert set(heard.values()) == {"confirmed"}
    assert states(session.pk) == {"confirmed": 1}


def test_a_newcomer_who_registers_while_the_trainer_notes_them_has_one_place_and_nobody_waits() -> None:
    by = make_user().pk
    session = make_session(capacity=20)
    Session.objects.filter(pk=session.pk).update(members_first_until=paris(2099, 1, 1))  # the row is held

    heard = at_once(
        [Act(what, session.pk, person=i, by=by) for i in range(6) for what in ("register", "walk in") * 2]
    )

    assert set(heard.values()) <= {"confirmed", "waitlisted"}, heard
    assert states(session.pk) == {"confirmed": 6}
    assert wrong_counters() == []


def test_a_newcomer_who_registers_while_the_desk_names_them_to_lead_does_both() -> None:
    by = make_user().pk
    activity = make_activity()
    sessions = [make_session(activity, title=f"Soirée {i}") for i in range(1, 6)]

    heard = at_once(
        [
            act
            for i, session in enumerate(sessions, start=1)
            for act in [
                Act("register", session.pk, person=i),
                Act("edit", session.pk, person=i, by=by, text=f"Atelier {i}"),
            ]
        ]
    )

    assert Counter(heard.values()) == {"confirmed": 5, "saved": 5}
    assert wrong_counters() == []


def test_offers_withdrawn_and_decided_at_once_leave_no_seat_free() -> None:
    one, other = coordinators()
    session = make_session(capacity=2, promotion="offer")
    people = [make_registration(session) for _ in range(6)]
    withdraw(registration=people[0])

    heard = at_once(
        [
            Act("accept", people[2].pk),
            Act("promote", people[2].pk, by=one, text="Elle a appelé"),
            Act("promote", people[2].pk, by=other, text="Elle a appelé"),
            Act("decline", people[2].pk),
        ]
    )

    assert not [answer for answer in heard.values() if "Traceback" in answer], heard
    people[2].refresh_from_db()
    assert people[2].state in ("confirmed", "withdrawn")
    assert wrong_counters() == []
    session.refresh_from_db()
    assert (session.seats_taken, session.excess) == (2, 0)
