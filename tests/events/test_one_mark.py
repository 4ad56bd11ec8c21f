"""A tap is noted by one guarded write and answered by what it changed, as surely as by the whole sheet."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from common.page_generation import KEY
from events.access import attendance_slots
from events.domain.attendance import SeenMark, close_sheet, correct_sheet, mark, sync_marks
from events.domain.attendance.holding import hold_for_attendance
from events.domain.attendance.one_mark import sync_one
from events.models import ActivityPage, Attendance, JournalEntry, Registration, Session, SessionRole, Slot
from members.models import Membership, User
from tests.factories import (
    make_activity,
    make_admin,
    make_coordinator,
    make_registration,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
State = Attendance.State
Stored = list[tuple[Any, ...]]


def tap(slot: Slot, person: Registration, by: User, state: str = "present", **more: Any) -> Any:
    return sync_one(slot=slot.pk, mark=SeenMark(person.pk, state, **more), by=by)


def rows(slot: Slot) -> Stored:
    return list(Attendance.objects.filter(slot=slot).values_list("state", "minutes", "marked_by"))


def lines(slot: Slot, person: Registration) -> list[Any]:
    """What the journal tells of this sheet, with the person told by a word and not by a number."""
    entries = JournalEntry.objects.filter(session_id=slot.session_id, action="escale.attendance")
    return [
        (
            *(entry.label, entry.user_id, entry.content_type_id, entry.uuid, entry.organisation_id is None),
            entry.object_id == str(slot.session_id),
            entry.data["slot"] == slot.pk,
            {("one" if pk == str(person.pk) else pk): told for pk, told in entry.data["marks"].items()},
        )
        for entry in entries.order_by("pk")
    ]


def told(note: Any, slot: Slot, person: Registration) -> tuple[Any, ...]:
    """The conflicts or the refusal, what is stored, what the journal says; then all is as it was."""
    with transaction.atomic():
        try:
            said = list(note().values())
        except DomainError as error:
            said = str(error)
        found = said, rows(slot), lines(slot, person)
        transaction.set_rollback(True)
    return found


BEFORE: list[Any] = [None, ("present", None), ("late", None), ("late", 40), ("absent", None)]
SENT = [
    *(SeenMark(0, state) for state in ("present", "late", "absent")),
    *(SeenMark(0, state, seen="present") for state in ("present", "late", "excused")),
    *(SeenMark(0, "late", minutes, seen="late", seen_minutes=40) for minutes in (None, 40, 50, 120)),
    SeenMark(0, "left", 30, seen="late"),
    SeenMark(0, "late", 40),
    SeenMark(0, "late", 121),
    SeenMark(0, "present", 40),
    SeenMark(0, "present", seen="", seen_minutes=40),
    SeenMark(0, "present", seen="late", seen_minutes=40),
    SeenMark(0, "ailleurs", seen="late"),
]


@pytest.mark.parametrize("sheet", ["open", "closed", "cancelled", "withdrawn", "another session's"])
def test_one_mark_comes_to_what_many_come_to(sheet: str) -> None:
    """Each case is played twice, each on its own sheet: by the guarded write, and by ``sync_marks``."""
    admin, activity = make_admin(), make_activity()
    for before in BEFORE:
        one, many = (prepared(activity, sheet, before, admin) for _twice in range(2))
        for sent in SENT:
            mine, theirs = (replace(sent, registration=person.pk) for _slot, person in (one, many))
            tapped = told(lambda m=mine, s=one[0]: sync_one(slot=s.pk, mark=m, by=admin).conflicts, *one)
            synced = told(lambda m=theirs, s=many[0]: sync_marks(slot=s, marks=[m], by=admin), *many)
            assert tapped == synced, (before, sent)


def prepared(activity: ActivityPage, sheet: str, before: Any, admin: User) -> tuple[Slot, Registration]:
    session = make_session(activity, days=-1)
    slot, person = session.slots.get(), make_registration(session)
    if before:
        mark(slot=slot, marks={person.pk: before[0]}, minutes={person.pk: before[1]}, by=admin)
    if sheet == "closed":
        close_sheet(slot=slot, by=admin)
    elif sheet == "cancelled":
        Session.objects.filter(pk=session.pk).update(status=Session.Status.CANCELLED)
    elif sheet == "withdrawn":
        Registration.objects.filter(pk=person.pk).update(state=Registration.State.WITHDRAWN)
    elif sheet == "another session's":
        slot = make_session(activity, days=-1).slots.get()
    return slot, person


def test_who_may_tap_is_who_may_take_the_attendance() -> None:
    session = make_session(days=-1)
    slot, organisation = session.slots.get(), session.activity.organisation
    elsewhere, today = make_session(days=-1), timezone.localdate()
    actors = {
        "admin": make_admin(),
        "coordinator": make_coordinator(organisation),
        "of another organisation": make_coordinator(elsewhere.activity.organisation),
        "anybody": make_user(),
        "inactive": make_coordinator(organisation, is_active=False),
        "inactive admin": make_admin(is_active=False),
        "until yesterday": make_user(),
        "until today": make_user(),
        "from tomorrow": make_user(),
        "a member": make_user(),
    }
    for name, dates in {
        "until yesterday": {"until": today - timedelta(days=1)},
        "until today": {"until": today},
        "from tomorrow": {"since": today + timedelta(days=1)},
        "a member": {"role": Membership.Role.MEMBER},
    }.items():
        said = {"role": Membership.Role.COORDINATOR, "since": today - timedelta(days=9), **dates}
        Membership.objects.create(user=actors[name], organisation=organisation, **said)
    for role in SessionRole.Role.values:
        actors[role] = make_user()
        SessionRole.objects.create(session=session, role=role, name="Une personne", user=actors[role])
        actors[f"{role}, elsewhere"] = make_user()
        SessionRole.objects.create(
            session=elsewhere, role=role, name="Une personne", user=actors[f"{role}, elsewhere"]
        )
    for status in Session.Status.values:
        Session.objects.filter(pk=session.pk).update(status=status)
        may = {name for name, user in actors.items() if hold_for_attendance(user, slot.pk)}
        assert may == {name for name, user in actors.items() if attendance_slots(user).filter(pk=slot.pk)}
        expected = {"admin", "coordinator", "until today", "animation", "formation"}
        assert may == (set() if status == Session.Status.DRAFT else expected)


def test_a_slot_that_is_nowhere_is_not_found() -> None:
    for number in (10**6, 10**18):
        with pytest.raises(Slot.DoesNotExist):
            sync_one(slot=number, mark=SeenMark(1, "present"), by=make_admin())


@pytest.fixture
def slot() -> Slot:
    return make_session(days=-1).slots.get()


@pytest.fixture
def phone(client: Client, slot: Slot) -> Any:
    """Sends a tap with what it last heard, as ``sheet-queue.js`` does."""
    client.force_login(make_coordinator(slot.session.activity.organisation))

    def send(person: Registration, state: str, since: str | None, seen: str = "") -> Any:
        sent = {"registration": person.pk, "state": state, "minutes": None, "seen": seen}
        url = reverse("events:sheet_sync", args=[slot.pk])
        answer = client.post(url, {"marks": [sent], "newcomers": [], "since": since}, "application/json")
        assert answer.status_code == 200
        return answer.json()

    return send


def test_a_tap_is_answered_by_what_it_changed(phone: Any, slot: Slot) -> None:
    person, other = make_registration(slot.session), make_registration(slot.session)
    first = phone(person, "present", "")
    assert set(first) == {"closed", "at", "since"}
    second = phone(other, "late", first["since"])
    assert "people" not in second
    assert "people" not in phone(person, "late", second["since"], seen="present")
    assert set(Attendance.objects.values_list("registration", "state")) == {
        (person.pk, "late"),
        (other.pk, "late"),
    }


def test_what_somebody_else_noted_meanwhile_comes_with_the_next_tap(phone: Any, slot: Slot) -> None:
    person, other = make_registration(slot.session), make_registration(slot.session)
    first = phone(person, "present", "")
    mark(slot=slot, marks={other.pk: "excused"}, by=make_admin())

    answer = phone(person, "late", first["since"], seen="present")

    assert answer["people"] == {
        str(person.pk): ["late", None, False],
        str(other.pk): ["excused", None, False],
    }
    assert "people" not in phone(person, "present", answer["since"], seen="late")


def test_a_tap_on_what_somebody_else_noted_is_told_as_a_conflict(phone: Any, slot: Slot) -> None:
    person = make_registration(slot.session)
    mark(slot=slot, marks={person.pk: "excused"}, by=make_admin())
    answer = phone(person, "present", "")
    assert answer["conflicts"] == {str(person.pk): ["excused", None]}
    assert answer["people"] == {str(person.pk): ["excused", None, False]}


def test_a_phone_that_says_nothing_of_what_it_knows_hears_the_whole_sheet(phone: Any, slot: Slot) -> None:
    person, other = make_registration(slot.session), make_registration(slot.session)
    answer = phone(person, "present", None)
    assert set(answer["people"]) == {str(person.pk), str(other.pk)}


def test_a_tap_lets_the_pages_of_visitors_be_and_a_closed_sheet_makes_them_anew(
    slot: Slot, django_capture_on_commit_callbacks: Any
) -> None:
    person, admin = make_registration(slot.session), make_admin()

    def word_after(act: Any) -> Any:
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return cache.get(KEY)

    before = cache.get(KEY)
    assert word_after(lambda: tap(slot, person, admin)) == before
    closed = word_after(lambda: close_sheet(slot=slot, by=admin))
    said = {"marks": {person.pk: "absent"}, "reason": "Erreur", "by": admin}
    assert len({before, closed, word_after(lambda: correct_sheet(slot=slot, **said))}) == 3
