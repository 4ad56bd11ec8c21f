"""SQLite reads before it takes its lock: whatever changed in between, the write says nothing untrue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from common.errors import DomainError
from events.domain.attendance import SeenMark, close_sheet, mark, one_mark
from events.domain.attendance.reading import standing
from events.models import Attendance, JournalEntry, Registration, Session, SessionRole, Slot
from members.models import User
from tests.factories import make_admin, make_registration, make_session, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL holds what it read"),
]


@pytest.fixture
def slot() -> Slot:
    return make_session(days=-1).slots.get()


@pytest.fixture
def person(slot: Slot) -> Registration:
    return make_registration(slot.session)


@pytest.fixture
def trainer(slot: Slot) -> User:
    role = SessionRole.objects.create(session=slot.session, user=make_user(), name="Une sophrologue")
    assert role.user is not None
    return role.user


@pytest.fixture
def tap(slot: Slot, person: Registration, trainer: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a tap is told, with ``act`` done between what it reads and what it writes."""
    note = one_mark._note

    def send(act: Callable[[], object]) -> object:
        def late(ready: Any) -> bool:
            act()
            return note(ready)

        monkeypatch.setattr(one_mark, "_note", late)
        try:
            return one_mark.sync_one(slot=slot.pk, mark=SeenMark(person.pk, "present"), by=trainer)
        except (DomainError, Slot.DoesNotExist) as error:
            return error

    return send


def noted_by(user: User) -> tuple[int, int]:
    lines = JournalEntry.objects.filter(action="escale.attendance", user=user)
    return Attendance.objects.filter(marked_by=user).count(), lines.count()


def status(slot: Slot, value: str) -> None:
    Session.objects.filter(pk=slot.session_id).update(status=value)


CHANGES: dict[str, tuple[Callable[[Slot], object], str]] = {
    "sheet closed": (lambda slot: close_sheet(slot=slot, by=make_admin()), "déjà close"),
    "cancelled": (lambda slot: status(slot, "cancelled"), "annulée"),
    "draft": (lambda slot: status(slot, "draft"), "DoesNotExist"),
    "right revoked": (lambda slot: SessionRole.objects.all().delete(), "DoesNotExist"),
    "slot gone": (lambda slot: Slot.objects.filter(pk=slot.pk).delete(), "DoesNotExist"),
    "slot put off": (
        lambda slot: Slot.objects.update(
            starts_at=slot.starts_at + timedelta(9), ends_at=slot.ends_at + timedelta(9)
        ),
        "ouvre le jour même",
    ),
    "withdrawn": (lambda slot: Registration.objects.update(state="withdrawn"), "conflicts={"),
    "moved to another session": (
        lambda slot: Registration.objects.update(session=make_session(days=-1)),
        "conflicts={",
    ),
    "noted by somebody": (
        lambda slot: mark(slot=slot, marks={Registration.objects.get().pk: "late"}, by=make_admin()),
        "('late', None)",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_before_the_lock_is_seen_under_it(change: str, tap: Any, slot: Slot, trainer: User):
    act, told = CHANGES[change]
    answer = tap(lambda: act(slot))
    assert told in repr(answer)
    assert noted_by(trainer) == (0, 0)


def test_where_nothing_changed_the_mark_and_its_line_are_written(tap: Any, trainer: User):
    assert not tap(lambda: None).conflicts
    assert noted_by(trainer) == (1, 1)


def test_who_notes_beside_somebody_else_is_told_of_both(tap: Any, slot: Slot, trainer: User):
    other = make_registration(slot.session)
    before = []

    def act() -> None:
        mark(slot=slot, marks={other.pk: "late"}, by=make_admin())
        before.append(standing(slot).last)

    answer = tap(act)
    assert not answer.conflicts
    assert answer.before == before[0], "else the phone would not ask for the whole sheet"
    assert noted_by(trainer) == (1, 1)
