"""Minutes of who came late or left early, marks kept on a device, countersignatures."""

from datetime import timedelta

import pytest

from common.errors import DomainError
from events.domain.attendance import (
    SeenMark,
    attended,
    close_sheet,
    correct_sheet,
    countersign,
    current_sheet,
    mark,
    minutes_of,
    sync_marks,
)
from events.domain.erasure import erase_person
from events.domain.registration import withdraw
from events.domain.report import report
from events.models import Attendance, JournalEntry, SessionRole, Signature, Slot
from pages.domain.own_data import own_data
from pages.domain.own_hours import hours_per_year
from tests.factories import make_admin, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db
State = Attendance.State
LINES = [[100, 200, 110, 210, 120, 190], [300, 300, 310, 310]]


@pytest.fixture
def slot():
    return make_session(days=-1).slots.get()  # two hours


@pytest.fixture
def admin():
    return make_admin()


def leader(slot, role=SessionRole.Role.TRAINER):
    user = make_user()
    SessionRole.objects.create(session=slot.session, role=role, name="Une formatrice", user=user)
    return user


def stands(person) -> tuple[str, int | None]:
    return Attendance.objects.values_list("state", "minutes").get(registration=person)


@pytest.mark.parametrize("state", [State.LATE, State.LEFT])
def test_the_minutes_of_who_was_there_for_a_part_make_their_hours(slot, admin, state):
    person, other = make_registration(slot.session), make_registration(slot.session)
    mark(slot=slot, marks={person.pk: state, other.pk: state}, minutes={person.pk: 45}, by=admin)

    sheet = close_sheet(slot=slot, by=admin)

    assert sheet.content == [
        {"registration": person.pk, "state": state, "minutes": 45},
        {"registration": other.pk, "state": state},
    ]
    came = attended(session=slot.session)
    assert (minutes_of(came[person.pk]), minutes_of(came[other.pk])) == (45, 120)


def test_minutes_are_part_of_what_the_hash_covers(slot, admin):
    person = make_registration(slot.session)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 45}, by=admin)
    first = close_sheet(slot=slot, by=admin)

    second = correct_sheet(
        slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 46}, reason="Erreur", by=admin
    )

    assert first.content_hash != second.content_hash


def test_minutes_stay_while_the_state_stays_and_go_with_it(slot, admin):
    person = make_registration(slot.session)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 45}, by=admin)

    assert mark(slot=slot, marks={person.pk: State.LATE}, by=admin) == 0
    assert stands(person) == ("late", 45)
    assert mark(slot=slot, marks={person.pk: State.LEFT}, by=admin) == 1
    assert stands(person) == ("left", None)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 30}, by=admin)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: None}, by=admin)
    assert stands(person) == ("late", None)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 120}, by=admin)
    assert stands(person) == ("late", None)  # all of it


@pytest.mark.parametrize("minutes", [0, -5, 121, 10**20])
def test_minutes_lie_within_the_slot(slot, admin, minutes):
    person = make_registration(slot.session)

    with pytest.raises(DomainError, match="de 1 à 120"):
        mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: minutes}, by=admin)
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("state", [State.PRESENT, State.ABSENT, State.EXCUSED])
def test_minutes_are_for_who_was_there_for_a_part(slot, admin, state):
    person = make_registration(slot.session)

    with pytest.raises(DomainError, match="en retard"):
        mark(slot=slot, marks={person.pk: state}, minutes={person.pk: 45}, by=admin)


def test_the_journal_tells_minutes(slot, admin):
    person = make_registration(slot.session)
    mark(slot=slot, marks={person.pk: State.LATE}, minutes={person.pk: 45}, by=admin)

    assert JournalEntry.objects.get(action="escale.attendance").data["marks"] == {
        str(person.pk): [None, ["late", 45]]
    }


def test_marks_kept_on_a_device_are_noted_once_however_often_they_are_sent(slot, admin):
    one, two = make_registration(slot.session), make_registration(slot.session)
    kept = [SeenMark(one.pk, "present"), SeenMark(two.pk, "left", minutes=50)]

    assert sync_marks(slot=slot, marks=kept, by=admin) == {}
    assert sync_marks(slot=slot, marks=kept, by=admin) == {}

    assert (stands(one), stands(two)) == (("present", None), ("left", 50))
    assert JournalEntry.objects.filter(action="escale.attendance").count() == 1


def test_a_mark_that_somebody_else_changed_since_stays_and_is_shown(slot, admin):
    one, two = make_registration(slot.session), make_registration(slot.session)
    mark(slot=slot, marks={one.pk: State.EXCUSED}, by=admin)  # after the device lost its network

    conflicts = sync_marks(
        slot=slot, marks=[SeenMark(one.pk, "absent", seen=""), SeenMark(two.pk, "present")], by=admin
    )

    assert conflicts == {one.pk: ("excused", None)}
    assert (stands(one), stands(two)) == (("excused", None), ("present", None))
    # Decided anew, knowing what stands.
    assert sync_marks(slot=slot, marks=[SeenMark(one.pk, "absent", seen="excused")], by=admin) == {}
    assert stands(one) == ("absent", None)


def test_a_mark_for_who_withdrew_meanwhile_is_shown_and_the_others_are_noted(slot, admin):
    gone, here = make_registration(slot.session), make_registration(slot.session)
    withdraw(registration=gone, by=admin)

    kept = [SeenMark(gone.pk, "present"), SeenMark(here.pk, "present")]
    assert sync_marks(slot=slot, marks=kept, by=admin) == {gone.pk: None}
    assert stands(here) == ("present", None)


def test_marks_kept_on_a_device_come_too_late_once_the_sheet_is_closed(slot, admin):
    person = make_registration(slot.session)
    close_sheet(slot=slot, by=admin)

    with pytest.raises(DomainError, match="déjà close"):
        sync_marks(slot=slot, marks=[SeenMark(person.pk, "present")], by=admin)
    assert stands(person) == ("absent", None)


def test_who_leads_and_closes_has_countersigned_and_a_coordinator_has_not(slot, admin):
    user = leader(slot)
    sheet = close_sheet(slot=slot, by=user, strokes=LINES)

    signed = sheet.countersignatures.get()
    assert (signed.user, signed.strokes, len(signed.digest)) == (user, LINES, 64)

    other = make_session(days=-1).slots.get()
    assert not close_sheet(slot=other, by=admin).countersignatures.exists()


def test_who_leads_countersigns_once_what_another_closed(slot, admin):
    user = leader(slot)
    sheet = close_sheet(slot=slot, by=admin)

    first = countersign(sheet=sheet, user=user)
    assert countersign(sheet=sheet, user=user) == first
    drawn = countersign(sheet=sheet, user=user, strokes=LINES)  # by hand, a little later
    assert drawn.pk == first.pk
    assert countersign(sheet=sheet, user=user, strokes=[[1, 2]]).strokes == LINES
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("role", [SessionRole.Role.SPEAKER, SessionRole.Role.MODERATOR, None])
def test_only_who_leads_countersigns(slot, admin, role):
    user = leader(slot, role) if role else admin
    sheet = close_sheet(slot=slot, by=admin)

    with pytest.raises(DomainError, match="animent"):
        countersign(sheet=sheet, user=user)
    assert not Signature.objects.exists()


def test_the_last_version_is_countersigned_and_no_other(slot, admin):
    user, person = leader(slot), make_registration(slot.session)
    old = close_sheet(slot=slot, by=admin)
    new = correct_sheet(slot=slot, marks={person.pk: State.PRESENT}, reason="Erreur", by=admin)

    with pytest.raises(DomainError, match="dernière version"):
        countersign(sheet=old, user=user)
    assert countersign(sheet=new, user=user).sheet == new


@pytest.mark.parametrize(
    "strokes",
    [
        "x",
        {"a": 1},
        [[1]],
        [[1, 2, 3]],
        [[1, 1001]],
        [[-1, 2]],
        [[1.5, 2]],
        [["1", 2]],
        [[True, 2]],
        [[0, 0]] * 101,
    ],
)
def test_a_drawing_that_is_none_is_refused(slot, strokes):
    user = leader(slot)

    with pytest.raises(DomainError, match="signature"):
        close_sheet(slot=slot, by=user, strokes=strokes)
    assert not slot.sheets.exists()


def test_the_marks_of_a_closed_slot_say_what_its_sheet_says(slot, admin):
    """So that queries count them: hours of a year, of a report."""
    gone, here = make_registration(slot.session), make_registration(slot.session)
    mark(slot=slot, marks={gone.pk: State.PRESENT, here.pk: State.LATE}, minutes={here.pk: 100}, by=admin)
    withdraw(registration=gone, by=admin)
    Slot.objects.filter(pk=slot.pk).update(ends_at=slot.starts_at + timedelta(minutes=90))
    slot.refresh_from_db()

    sheet = close_sheet(slot=slot, by=admin)

    assert sheet.content == [{"registration": here.pk, "state": "late"}]
    assert list(Attendance.objects.values_list("registration", "state", "minutes")) == [
        (here.pk, "late", None)
    ]
    assert minutes_of(attended(session=slot.session)[here.pk]) == 90


def test_the_hours_of_the_report_and_of_a_year_are_those_of_closed_sheets(slot, admin):
    session = slot.session
    here, left, later = (make_registration(session) for _ in range(3))
    mark(
        slot=slot,
        marks={here.pk: State.PRESENT, left.pk: State.LEFT, later.pk: State.ABSENT},
        minutes={left.pk: 25},
        by=admin,
    )
    assert report(activities=[session.activity]).minutes_attended == 0

    close_sheet(slot=slot, by=admin)
    assert report(activities=[session.activity]).minutes_attended == 145
    assert [year.total for year in hours_per_year(left.user)] == [25]

    correct_sheet(slot=slot, marks={later.pk: State.PRESENT}, reason="Erreur", by=admin)
    assert report(activities=[session.activity]).minutes_attended == 265
    assert [year.total for year in hours_per_year(later.user)] == [120]


def test_a_signature_is_in_ones_copy_and_its_lines_go_with_the_person(slot, admin):
    user, person = leader(slot), make_registration(slot.session)
    signed = Signature.objects.create(
        slot=slot, registration=person, strokes=LINES, digest="d" * 64, signed_at=slot.starts_at
    )
    sheet = close_sheet(slot=slot, by=user, strokes=LINES)
    assert sheet.content[0]["signature"] == "d" * 64
    assert own_data(user=person.user)["inscriptions"][0]["signatures"][0]["trace"] == LINES
    assert own_data(user=user)["contresignatures"][0]["trace"] == LINES

    for someone in (person.user, user):
        erase_person(user=someone, addresses=[someone.email])

    signed.refresh_from_db()
    assert (signed.strokes, signed.digest) == ([], "d" * 64)
    assert not Signature.objects.exclude(strokes=[]).exists()
    assert current_sheet(slot) == sheet
