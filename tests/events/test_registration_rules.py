"""Seats, queue and promotion: the rules of DESIGN §5, 1 to 3."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.registration import (
    add_walk_in,
    import_registration,
    register,
    withdraw,
)
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.domain.waiting import waiting_position
from events.models import Message, Registration, Session
from members.domain.statements import rpps_looks_mistyped
from members.models import User
from tests.factories import (
    make_coordinator,
    make_person,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
State = Registration.State


def states(session: Session) -> list[str]:
    return list(session.registrations.order_by("pk").values_list("state", flat=True))


def counters(session: Session) -> tuple[int, int, int]:
    session.refresh_from_db()
    return session.seats_taken, session.waiting, session.excess


def slot_of(session: Session) -> SlotTimes:
    slot = session.slots.get()
    return SlotTimes(slot.starts_at, slot.ends_at)


def test_a_person_gets_a_confirmed_place_while_seats_are_free():
    session = make_session(capacity=2)
    outcome = register(session=session, person=make_person())
    assert outcome.created
    assert outcome.registration.state == State.CONFIRMED
    assert counters(session) == (1, 0, 0)


def test_a_full_session_puts_the_next_people_on_the_waiting_list_in_order():
    session = make_session(capacity=1)
    make_registration(session)
    second, third = make_registration(session), make_registration(session)
    assert [second.state, third.state] == [State.WAITLISTED] * 2
    assert [waiting_position(second), waiting_position(third)] == [1, 2]
    assert counters(session) == (1, 2, 0)


def test_overbooking_adds_seats():
    session = make_session(capacity=1, overbooking_percent=100)
    assert [make_registration(session).state for _ in range(3)] == [
        State.CONFIRMED,
        State.CONFIRMED,
        State.WAITLISTED,
    ]


def test_a_full_session_without_waiting_list_refuses_and_keeps_no_trace():
    session = make_session(capacity=1, waiting_list=False)
    make_registration(session)
    with pytest.raises(DomainError, match="complète"):
        register(session=session, person=make_person(email="trop.tard@example.org"))
    assert not User.objects.filter(email="trop.tard@example.org").exists()
    assert counters(session) == (1, 0, 0)


def test_registering_twice_changes_nothing_and_says_it_was_not_created():
    session = make_session()
    first = register(session=session, person=make_person(email="ewa@example.org", first_name="Ewa"))
    again = register(session=session, person=make_person(email=" EWA@Example.org ", first_name="Autre"))
    assert (again.created, again.registration.pk) == (False, first.registration.pk)
    assert session.registrations.get().first_name == "Ewa"
    assert counters(session) == (1, 0, 0)


def test_what_a_stranger_states_never_overwrites_the_person_known_by_that_address():
    user = make_user(email="ewa@example.org", first_name="Ewa")
    register(session=make_session(), person=make_person(email="ewa@example.org", first_name="Mallory"))
    user.refresh_from_db()
    assert user.first_name == "Ewa"


def test_a_signed_in_person_registers_with_their_own_address():
    user = make_user(email="moi@example.org")
    outcome = register(session=make_session(), person=make_person(email="victime@example.org"), user=user)
    assert (outcome.registration.user, outcome.registration.email) == (user, "moi@example.org")


def test_withdrawing_promotes_the_first_in_line_who_is_told():
    session = make_session(capacity=1)
    confirmed, first, second = (make_registration(session) for _ in range(3))
    withdraw(registration=confirmed)
    assert states(session) == [State.WITHDRAWN, State.CONFIRMED, State.WAITLISTED]
    assert counters(session) == (1, 1, 0)
    assert Message.objects.filter(registration=first, kind="promoted").count() == 1
    assert not Message.objects.filter(registration=second, kind="promoted").exists()


def test_withdrawing_twice_gives_one_seat_back():
    session = make_session(capacity=1)
    confirmed, *_ = (make_registration(session) for _ in range(3))
    withdraw(registration=confirmed)
    withdraw(registration=confirmed)
    assert states(session) == [State.WITHDRAWN, State.CONFIRMED, State.WAITLISTED]


def test_leaving_the_waiting_list_frees_no_seat():
    session = make_session(capacity=1)
    _, waiting = make_registration(session), make_registration(session)
    withdraw(registration=waiting)
    assert counters(session) == (1, 0, 0)


def test_a_person_who_withdrew_may_register_again_at_the_end_of_the_line():
    session = make_session(capacity=1)
    person = make_person()
    first = register(session=session, person=person).registration
    make_registration(session)
    withdraw(registration=first)
    again = register(session=session, person=person).registration
    assert (again.state, waiting_position(again)) == (State.WAITLISTED, 1)


def test_a_newcomer_never_overtakes_those_who_wait():
    session = make_session(capacity=1)
    make_registration(session), make_registration(session)
    Session.objects.filter(pk=session.pk).update(capacity=5)  # a seat is free and somebody waits
    session.refresh_from_db()
    assert make_registration(session).state == State.WAITLISTED


def test_nobody_withdraws_once_the_session_has_begun():
    session = make_session()
    registration = make_registration(session)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(DomainError, match="a commencé"):
        withdraw(registration=registration)


def test_nobody_is_promoted_into_a_session_that_has_begun():
    session = make_session(capacity=1)
    confirmed, waiting = make_registration(session), make_registration(session)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    withdraw(registration=confirmed, by=make_coordinator(session.activity.organisation))
    waiting.refresh_from_db()
    assert waiting.state == State.WAITLISTED


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "draft"}, "pas encore publiée"),
        ({"status": "cancelled"}, "annulée"),
        ({"days": -2}, "passée"),
        ({"opens_at": timezone.now() + timedelta(days=1)}, "pas encore ouvertes"),
        ({"closes_at": timezone.now() - timedelta(days=1)}, "closes"),
    ],
)
def test_a_session_that_takes_nobody_says_why(fields, sentence):
    with pytest.raises(DomainError, match=sentence):
        register(session=make_session(**fields), person=make_person())


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_name": "  "}, "first_name"),
        ({"last_name": "x" * 10_000}, "last_name"),
        ({"first_name": "A\x00B"}, "first_name"),
        ({"first_name": "\u200b\u202e"}, "first_name"),
        ({"email": ""}, "email"),
        ({"email": "ma\u0131l@example.org"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"email": "x" * 10_000 + "@example.org"}, "email"),
        ({"rpps": "123"}, "rpps"),
        ({"rpps": "١٢٣٤٥٦٧٨٩٠١"}, "rpps"),
        ({"profession": "99"}, "profession"),
        ({"civility": "x"}, "civility"),
    ],
)
def test_a_statement_that_cannot_be_is_refused_beside_its_field(fields, field):
    with pytest.raises(DomainError) as refusal:
        register(session=make_session(), person=make_person(**fields))
    assert refusal.value.field == field


def test_a_wrong_rpps_check_digit_only_warns():
    assert rpps_looks_mistyped("10756590105")
    assert not rpps_looks_mistyped("10756590104")
    assert not rpps_looks_mistyped("")
    assert register(session=make_session(), person=make_person(rpps="10756590105")).created


def test_raising_the_capacity_promotes_at_once():
    session = make_session(capacity=1)
    for _ in range(4):
        make_registration(session)
    session.refresh_from_db()
    session.capacity = 3
    save_session(session=session, slots=[slot_of(session)], by=None)
    assert counters(session) == (3, 1, 0)


def test_lowering_the_capacity_drops_nobody_and_lets_nobody_in_until_it_fits():
    session = make_session(capacity=3)
    confirmed = [make_registration(session) for _ in range(4)]
    session.refresh_from_db()
    session.capacity = 1
    save_session(session=session, slots=[slot_of(session)], by=None)
    assert counters(session) == (3, 1, 2)
    withdraw(registration=confirmed[0])
    assert counters(session) == (2, 1, 1)
    withdraw(registration=confirmed[1])
    withdraw(registration=confirmed[2])
    assert counters(session) == (1, 0, 0)


def test_a_walk_in_is_confirmed_beyond_the_seats():
    session = make_session(capacity=1)
    make_registration(session)
    coordinator = make_coordinator(session.activity.organisation)
    registration = add_walk_in(session=session, person=make_person(), by=coordinator)
    assert registration.state == State.CONFIRMED
    assert counters(session) == (2, 0, 1)


def test_somebody_who_waited_and_came_leaves_the_waiting_list():
    session = make_session(capacity=1)
    make_registration(session)
    person = make_person()
    waiting = register(session=session, person=person).registration
    came = add_walk_in(session=session, person=person, by=make_coordinator(session.activity.organisation))
    assert (came.pk, came.state) == (waiting.pk, State.CONFIRMED)
    assert counters(session) == (2, 0, 1)


def test_cancelling_a_session_cancels_and_tells_everybody_once():
    session = make_session(capacity=1)
    make_registration(session), make_registration(session)
    cancel_session(session=session, reason="Intempéries", by=None)
    cancel_session(session=session, reason="Intempéries", by=None)
    assert states(session) == [State.CANCELLED] * 2
    assert counters(session) == (0, 0, 0)
    assert Message.objects.filter(kind="cancelled").count() == 2


def test_moving_a_published_session_tells_everybody_registered_once():
    session = make_session(capacity=1)
    make_registration(session), make_registration(session)
    session.refresh_from_db()
    start = session.starts_at + timedelta(days=7)
    save_session(session=session, slots=[SlotTimes(start, start + timedelta(hours=2))], by=None)
    session.refresh_from_db()
    assert (session.sequence, session.starts_at) == (1, start)
    assert session.moved_from == start - timedelta(days=7)
    assert Message.objects.filter(kind="moved").count() == 2


def test_correcting_the_place_of_a_past_session_tells_nobody():
    session = make_session(days=-10)
    make_registration(session)
    session.place_name = "Salle des fêtes"
    times = [SlotTimes(slot.starts_at, slot.ends_at) for slot in session.slots.all()]
    assert save_session(session=session, slots=times, by=None).place_name == "Salle des fêtes"
    assert not Message.objects.filter(kind="moved").exists()


def test_correcting_a_description_tells_nobody():
    session = make_session()
    make_registration(session)
    session.refresh_from_db()
    session.description = "Tapis fournis"
    save_session(session=session, slots=[slot_of(session)], by=None)
    assert not Message.objects.filter(kind="moved").exists()


def test_slots_may_all_shift_by_less_than_the_gap_between_them():
    start = timezone.now() + timedelta(days=3)
    hour = timedelta(hours=1)
    session = make_session(slots=[SlotTimes(start, start + hour), SlotTimes(start + hour, start + 2 * hour)])
    later = [SlotTimes(start + hour, start + 2 * hour), SlotTimes(start + 2 * hour, start + 3 * hour)]
    save_session(session=session, slots=later, by=None)
    assert list(session.slots.values_list("starts_at", flat=True)) == [start + hour, start + 2 * hour]


def test_a_session_never_changes_organisation():
    session, other = make_session(), make_session()
    session.activity = other.activity
    with pytest.raises(DomainError, match="structure"):
        save_session(session=session, slots=[slot_of(session)], by=None)


def test_an_import_is_repeatable_and_sends_nothing():
    session = make_session(days=-30, imported=True, capacity=1)
    for _ in range(2):
        for i in range(2):
            import_registration(
                session=session,
                person=make_person(i),
                state=State.CONFIRMED,
                registered_at=session.starts_at,
            )
    assert counters(session) == (2, 0, 1)
    assert not Message.objects.exists()
    import_registration(
        session=session, person=make_person(1), state=State.WITHDRAWN, registered_at=session.starts_at
    )
    assert counters(session) == (1, 0, 0)


def test_a_registration_from_post_to_answer_needs_few_statements(django_assert_max_num_queries):
    session = make_session(capacity=2)
    make_registration(session)
    with django_assert_max_num_queries(15):
        register(session=session, person=make_person())
