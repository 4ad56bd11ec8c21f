"""Marking, closing, and what a closed sheet keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.attendance import (
    Part,
    attended,
    close_sheet,
    mark,
    mark_imported,
    settle_imported_sheet,
    welcome_walk_in,
)
from events.domain.registration import withdraw
from events.domain.sessions import SlotTimes
from events.models import Attendance, AttendanceSheet, Registration, Session
from tests.factories import (
    make_admin,
    make_person,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db
State = Attendance.State


def yesterday(**fields) -> Session:
    return make_session(days=-1, **fields)


def two_slots() -> Session:
    start = timezone.now() - timedelta(days=1)
    return make_session(
        slots=[
            SlotTimes(start, start + timedelta(hours=3), "Matin"),
            SlotTimes(start + timedelta(hours=4), start + timedelta(hours=6, minutes=30), "Après-midi"),
        ]
    )


def states(slot) -> dict[int, str]:
    return dict(Attendance.objects.filter(slot=slot).values_list("registration", "state"))


def test_a_mark_can_be_changed_until_the_sheet_is_closed():
    session = yesterday()
    slot, person, admin = session.slots.get(), make_registration(session), make_admin()

    assert mark(slot=slot, marks={person.pk: State.ABSENT}, by=admin) == 1
    assert mark(slot=slot, marks={person.pk: State.LATE}, by=admin) == 1
    assert mark(slot=slot, marks={person.pk: State.LATE}, by=admin) == 0

    noted = Attendance.objects.get()
    assert (noted.state, noted.marked_by) == (State.LATE, admin)
    close_sheet(slot=slot, by=admin)
    with pytest.raises(DomainError, match="déjà close"):
        mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    assert states(slot) == {person.pk: State.LATE}


def test_only_confirmed_people_of_that_very_session_are_marked():
    session, other = yesterday(), yesterday()
    slot, admin = session.slots.get(), make_admin()
    gone, elsewhere = make_registration(session), make_registration(other)
    withdraw(registration=gone, by=admin)

    for registration in (gone, elsewhere):
        with pytest.raises(DomainError, match="n’est plus confirmée"):
            mark(slot=slot, marks={registration.pk: State.PRESENT}, by=admin)
    assert not Attendance.objects.exists()


def test_a_state_that_does_not_exist_is_refused():
    session = yesterday()
    person = make_registration(session)

    with pytest.raises(DomainError, match="dans la liste"):
        mark(slot=session.slots.get(), marks={person.pk: "ailleurs"}, by=None)


@pytest.mark.parametrize("act", [mark, close_sheet])
def test_nothing_is_marked_or_closed_before_the_day(act):
    slot = make_session(days=1).slots.get()
    extra = {"marks": {}} if act is mark else {}

    with pytest.raises(DomainError, match="ouvre le jour même"):
        act(slot=slot, by=make_admin(), **extra)


def test_nothing_is_marked_or_closed_once_the_session_is_cancelled():
    session = yesterday()
    slot = session.slots.get()
    Session.objects.update(status=Session.Status.CANCELLED)

    with pytest.raises(DomainError, match="annulée"):
        mark(slot=slot, marks={}, by=None)
    with pytest.raises(DomainError, match="annulée"):
        close_sheet(slot=slot, by=make_admin())


def test_everybody_is_here_fills_only_who_has_no_mark():
    session = yesterday()
    slot = session.slots.get()
    excused, one, two = (make_registration(session) for _ in range(3))
    mark(slot=slot, marks={excused.pk: State.EXCUSED}, by=None)

    mark(slot=slot, marks={one.pk: State.LATE}, rest=State.PRESENT, by=None)

    assert states(slot) == {excused.pk: State.EXCUSED, one.pk: State.LATE, two.pk: State.PRESENT}


def test_closing_makes_the_unmarked_absent_and_keeps_a_hashed_content():
    session = yesterday()
    slot, admin = session.slots.get(), make_admin()
    here, unmarked = make_registration(session), make_registration(session)
    mark(slot=slot, marks={here.pk: State.PRESENT}, by=admin)

    sheet = close_sheet(slot=slot, by=admin)

    assert sheet.content == [
        {"registration": here.pk, "state": "present"},
        {"registration": unmarked.pk, "state": "absent"},
    ]
    assert (sheet.version, sheet.source, sheet.closed_by, len(sheet.content_hash)) == (1, "sheet", admin, 64)
    session.refresh_from_db()
    assert session.completed_at is not None


def test_closing_twice_is_refused_and_harmless():
    slot, admin = yesterday().slots.get(), make_admin()
    first = close_sheet(slot=slot, by=admin)

    with pytest.raises(DomainError, match="déjà close"):
        close_sheet(slot=slot, by=admin)
    assert AttendanceSheet.objects.get() == first


def test_a_session_is_complete_with_its_last_slot():
    session, admin = two_slots(), make_admin()
    morning, afternoon = session.slots.all()
    person = make_registration(session)
    mark(slot=morning, marks={person.pk: State.PRESENT}, by=admin)
    mark(slot=afternoon, marks={person.pk: State.PRESENT}, by=admin)

    close_sheet(slot=afternoon, by=admin)
    session.refresh_from_db()
    assert session.completed_at is None
    assert attended(session=session) == {person.pk: [Part(afternoon, 150)]}

    close_sheet(slot=morning, by=admin)
    session.refresh_from_db()
    assert session.completed_at is not None
    assert attended(session=session) == {person.pk: [Part(morning, 180), Part(afternoon, 150)]}


def test_a_walk_in_is_confirmed_beyond_the_seats_and_present_at_this_slot():
    session = yesterday(capacity=1)
    make_registration(session)

    came = welcome_walk_in(slot=session.slots.get(), person=make_person(), by=make_admin())

    session.refresh_from_db()
    assert (came.state, came.source) == (Registration.State.CONFIRMED, Registration.Source.WALK_IN)
    assert (session.seats_taken, session.excess) == (2, 1)
    assert states(session.slots.get())[came.pk] == State.PRESENT


def test_a_walk_in_is_refused_on_a_closed_sheet_even_if_another_slot_is_open():
    session, admin = two_slots(), make_admin()
    morning, afternoon = session.slots.all()
    close_sheet(slot=morning, by=admin)

    with pytest.raises(DomainError, match="déjà close"):
        welcome_walk_in(slot=morning, person=make_person(), by=admin)
    assert not Registration.objects.exists()
    welcome_walk_in(slot=afternoon, person=make_person(), by=admin)


def test_an_imported_sheet_gets_a_new_version_only_if_it_says_something_else():
    session = yesterday(imported=True)
    slot, person = session.slots.get(), make_registration(session)
    mark_imported(slot=slot, marks={person.pk: State.PRESENT}, by=None)

    first = settle_imported_sheet(slot=slot, by=None)
    assert settle_imported_sheet(slot=slot, by=None) == first
    mark_imported(slot=slot, marks={person.pk: State.ABSENT}, by=None)
    second = settle_imported_sheet(slot=slot, by=None)

    assert [sheet.version for sheet in AttendanceSheet.objects.order_by("version")] == [1, 2]
    assert (second.source, second.content[0]["state"], first.content[0]["state"]) == (
        "import",
        "absent",
        "present",
    )
    assert attended(session=session) == {}


def test_the_sheet_of_a_session_of_ours_is_never_settled_by_an_import():
    slot = yesterday().slots.get()

    with pytest.raises(DomainError, match="n’a pas été importée"):
        settle_imported_sheet(slot=slot, by=None)
    with pytest.raises(DomainError, match="n’a pas été importée"):
        mark_imported(slot=slot, marks={}, by=None)


def test_marking_takes_as_many_queries_for_four_as_for_one(django_assert_num_queries):
    admin = make_admin()
    log_types_are_cached = yesterday()
    mark(
        slot=log_types_are_cached.slots.get(),
        marks={make_registration(log_types_are_cached).pk: "late"},
        by=admin,
    )
    for people in (1, 4):
        session = yesterday()
        slot = session.slots.get()
        marks = {make_registration(session).pk: State.PRESENT for _ in range(people)}
        with django_assert_num_queries(6):
            mark(slot=slot, marks=marks, by=admin)
