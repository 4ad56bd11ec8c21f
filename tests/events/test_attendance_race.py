"""Marking, closing and answering at the same instant: each waits for the other, on either engine."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from certificates.domain import closing
from certificates.domain.issuing import issue
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import SeenMark, close_sheet, correct_sheet, mark
from events.domain.attendance.one_mark import sync_one
from events.domain.registration import withdraw
from events.domain.survey import answer, open_survey, unseal_due
from events.models import Attendance, AttendanceSheet, Slot, Survey, SurveyInvitation, SurveyResponse
from tests.events.test_survey_rules import sealed_answers
from tests.factories import make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
State = Attendance.State


def elsewhere(act: Callable[[], object]) -> object:
    """Run ``act`` on a connection of its own; what it returns, or the sentence of its refusal."""
    try:
        return act()
    except DomainError as error:
        return str(error)
    finally:
        connection.close()


@contextmanager
def meanwhile(act: Callable[[], object]):
    """The block's changes stay uncommitted while ``act`` starts on another connection."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            box: list[Future] = []
            yield box
            box.append(pool.submit(elsewhere, act))
            time.sleep(0.4)
            assert not box[0].done(), "the other one did not wait"
        box[0].result(timeout=30)


@pytest.fixture
def sheet():
    session = make_session(days=-1)
    return session.slots.get(), make_registration(session), make_admin()


def test_a_mark_that_races_a_closing_comes_too_late(sheet):
    slot, person, admin = sheet

    with meanwhile(lambda: mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)) as other:
        close_sheet(slot=slot, by=admin)

    assert "déjà close" in other[0].result()
    assert Attendance.objects.get().state == State.ABSENT
    assert AttendanceSheet.objects.get().content == [{"registration": person.pk, "state": "absent"}]


def test_a_tap_that_races_a_closing_comes_too_late(sheet):
    """Of somebody marked already: closing writes nothing else that the tap would wait for."""
    slot, person, admin = sheet
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    sent = SeenMark(person.pk, "late", seen="present")

    with meanwhile(lambda: sync_one(slot=slot.pk, mark=sent, by=admin)) as other:
        close_sheet(slot=slot, by=admin)

    assert "déjà close" in other[0].result()
    assert Attendance.objects.get().state == State.PRESENT


def test_of_two_taps_at_once_the_second_is_told_what_the_first_noted(sheet):
    slot, person, admin = sheet

    def tap(state):
        return sync_one(slot=slot.pk, mark=SeenMark(person.pk, state), by=admin).conflicts

    with meanwhile(lambda: tap("late")) as other:
        assert tap("present") == {}

    assert other[0].result() == {person.pk: ("present", None)}
    assert Attendance.objects.get().state == State.PRESENT


def test_a_tap_of_who_withdraws_at_once_notes_nobody(sheet):
    slot, person, admin = sheet

    with meanwhile(lambda: sync_one(slot=slot.pk, mark=SeenMark(person.pk, "present"), by=admin)) as other:
        withdraw(registration=person, by=admin)

    assert other[0].result().conflicts == {person.pk: None}
    assert not Attendance.objects.exists()


def test_a_closing_that_races_a_mark_settles_the_mark(sheet):
    slot, person, admin = sheet

    with meanwhile(lambda: close_sheet(slot=slot, by=admin)):
        mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)

    assert AttendanceSheet.objects.get().content == [{"registration": person.pk, "state": "present"}]


def test_of_two_closings_at_once_one_is_told_that_it_is_closed(sheet):
    slot, _person, admin = sheet

    with meanwhile(lambda: close_sheet(slot=slot, by=admin)) as other:
        close_sheet(slot=slot, by=admin)

    assert "déjà close" in other[0].result()
    assert AttendanceSheet.objects.count() == 1


def test_of_two_corrections_of_one_version_the_second_reads_it_again(sheet):
    slot, person, admin = sheet
    close_sheet(slot=slot, by=admin)
    again = Slot.objects.get(pk=slot.pk)
    said = {"reason": "Erreur", "by": admin, "seen": 1}

    with meanwhile(lambda: correct_sheet(slot=again, marks={person.pk: State.LATE}, **said)) as other:
        correct_sheet(slot=slot, marks={person.pk: State.PRESENT}, **said)

    assert "quelqu’un d’autre" in other[0].result()
    assert [each.version for each in AttendanceSheet.objects.order_by("version")] == [1, 2]
    assert Attendance.objects.get().state == State.PRESENT


def test_a_certificate_asked_for_during_a_correction_says_what_is_corrected(sheet):
    slot, person, admin = sheet
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    close_sheet(slot=slot, by=admin)

    with meanwhile(lambda: issue(registration=person, by=admin)) as other:
        closing.correct_sheet(slot=slot, marks={person.pk: State.ABSENT}, reason="Erreur", by=admin)

    assert "Pas d’attestation sans présence" in other[0].result()
    assert not Certificate.objects.exists()


def invited(people: int) -> list[SurveyInvitation]:
    session, admin = make_session(days=-1), make_admin()
    marks = {make_registration(session).pk: State.PRESENT for _ in range(people)}
    slot = session.slots.get()
    mark(slot=slot, marks=marks, by=admin)
    close_sheet(slot=slot, by=admin)
    return list(open_survey(session=slot.session).invitations.order_by("pk"))


def test_two_answers_at_once_are_both_kept():
    one, two = invited(2)

    with meanwhile(lambda: answer(invitation=two, values={"note": 3})):
        answer(invitation=one, values={"note": 9})

    assert sorted(each["note"] for each in sealed_answers()) == [3, 9]


def test_one_link_used_twice_at_once_answers_once():
    (invitation,) = invited(1)
    again = SurveyInvitation.objects.get()

    with meanwhile(lambda: answer(invitation=again, values={"note": 3})) as other:
        answer(invitation=invitation, values={"note": 9})

    assert "déjà enregistré" in other[0].result()
    assert sealed_answers() == [{"note": 9}]


def test_a_survey_opened_twice_at_once_is_opened_once():
    for invitation in invited(5):
        answer(invitation=invitation, values={"note": 8})

    with meanwhile(unseal_due) as other:
        assert unseal_due() == 1
        first = Survey.objects.get().unsealed_at

    assert other[0].result() == 0
    assert Survey.objects.get().unsealed_at == first  # else blocks would change their order
    assert SurveyResponse.objects.count() == 5
