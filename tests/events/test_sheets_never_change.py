"""A closed sheet is never rewritten, by anybody: the database itself refuses, on either engine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from events.domain.attendance import close_sheet, correct_sheet, mark
from events.models import Attendance, AttendanceSheet
from tests.factories import make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet() -> AttendanceSheet:
    session = make_session(days=-1)
    slot, person, admin = session.slots.get(), make_registration(session), make_admin()
    mark(slot=slot, marks={person.pk: Attendance.State.PRESENT}, by=admin)
    return close_sheet(slot=slot, by=admin)


def rows() -> list[Any]:
    return list(AttendanceSheet.objects.order_by("pk").values())


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda _: AttendanceSheet.objects.update(content=[]),
        lambda _: AttendanceSheet.objects.update(content_hash="0" * 64),
        lambda _: AttendanceSheet.objects.update(closed_at=timezone.now()),
        lambda _: AttendanceSheet.objects.update(version=7, closed_by=None),
        lambda _: AttendanceSheet.objects.update(source="import"),
        lambda _: AttendanceSheet.objects.update(reason="Autre motif"),
        lambda _: AttendanceSheet.objects.update(closed_by=make_admin()),
        lambda _: AttendanceSheet.objects.update(slot=make_session().slots.get()),
        lambda sheet: sheet.save(),
        lambda sheet: sheet.delete(),
        lambda _: AttendanceSheet.objects.all().delete(),
        lambda _: AttendanceSheet.objects.all()._raw_delete("default"),
    ],
    ids=[
        "content",
        "hash",
        "time",
        "version",
        "source",
        "reason",
        "who",
        "slot",
        "save",
        "one",
        "all",
        "raw",
    ],
)
def test_no_sheet_is_rewritten_or_taken_out(
    sheet: AttendanceSheet, rewrite: Callable[[AttendanceSheet], Any]
) -> None:
    before = rows()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rewrite(sheet)

    assert rows() == before


def test_only_who_closed_it_goes_with_their_account(sheet: AttendanceSheet) -> None:
    AttendanceSheet.objects.filter(pk=sheet.pk).update(closed_by=None)

    kept = AttendanceSheet.objects.get()
    assert (kept.closed_by, kept.content, kept.content_hash) == (None, sheet.content, sheet.content_hash)


def test_the_same_version_is_not_written_twice(sheet: AttendanceSheet) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceSheet.objects.create(
            slot=sheet.slot, version=1, closed_at=timezone.now(), content=[], content_hash=""
        )


def test_a_correction_stands_beside_what_it_corrects(sheet: AttendanceSheet) -> None:
    person = sheet.content[0]["registration"]

    second = correct_sheet(slot=sheet.slot, marks={person: "absent"}, reason="Erreur", by=make_admin())

    assert [row["pk"] for row in AttendanceSheet.objects.order_by("version").values("pk")] == [
        sheet.pk,
        second.pk,
    ]
