"""A closed sheet that was wrong: a new version, and all that depends on it in the same transaction."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.domain import closing
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import attended, current_sheet, mark, minutes_of
from events.domain.sessions import SlotTimes
from events.domain.survey import answer, why_closed
from events.models import (
    Attendance,
    AttendanceSheet,
    JournalEntry,
    Message,
    Registration,
    SessionRole,
    SurveyInvitation,
)
from tests.clock import Clock, clock
from tests.factories import make_person, make_registration, make_session, make_user

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
State, Status = Attendance.State, Certificate.Status
WHY = "Deux prénoms se ressemblaient."


@pytest.fixture
def closed(past_session, admin):
    """One slot of two hours, closed: somebody present, somebody absent."""
    slot, here, away = (
        past_session.slots.get(),
        make_registration(past_session),
        make_registration(past_session),
    )
    mark(slot=slot, marks={here.pk: State.PRESENT, away.pk: State.ABSENT}, by=admin)
    closing.close_sheet(slot=slot, by=admin)
    return slot, here, away


def correct(slot, marks, admin, **extra) -> AttendanceSheet:
    return closing.correct_sheet(slot=slot, marks=marks, by=admin, **({"reason": WHY} | extra))


def told(registration) -> list[str]:
    return list(
        Message.objects.filter(
            registration=registration, kind__in=["after", "certificate", "certificate_revoked"]
        )
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_a_correction_is_a_new_version_with_its_reason_and_the_first_one_stays(closed, admin):
    slot, here, _away = closed
    first = current_sheet(slot)

    second = correct(slot, {here.pk: State.EXCUSED}, admin, seen=1)

    assert (second.version, second.reason, second.closed_by, second.source) == (2, WHY, admin, "sheet")
    assert [line["state"] for line in second.content] == ["excused", "absent"]
    kept = AttendanceSheet.objects.get(pk=first.pk)
    assert (kept.content, kept.content_hash) == (first.content, first.content_hash) != second.content_hash
    entry = JournalEntry.objects.get(action="escale.correct_sheet")
    assert (entry.user_id, entry.data["version"], entry.data["corrected"]) == (admin.pk, 2, [here.pk])
    assert WHY not in str(entry.data)  # a reason may name somebody


def test_who_was_not_there_after_all_loses_the_certificate_and_is_told(closed, admin):
    slot, here, _away = closed
    certificate = here.certificates.get()

    correct(slot, {here.pk: State.ABSENT}, admin)

    certificate.refresh_from_db()
    assert certificate.status == Status.REVOKED
    assert attended(session=slot.session) == {}
    assert told(here) == ["after", "certificate_revoked"]


def test_who_was_there_after_all_gets_what_closing_gives_in_one_mail(closed, admin):
    slot, _here, away = closed

    correct(slot, {away.pk: State.PRESENT}, admin)

    assert away.certificates.get().status == Status.VALID
    assert SurveyInvitation.objects.filter(registration=away).count() == 1
    assert told(away) == ["after"]


def test_who_comes_back_onto_the_sheet_is_told_of_the_new_certificate(closed, admin):
    slot, here, _away = closed

    correct(slot, {here.pk: State.ABSENT}, admin)
    correct(slot, {here.pk: State.PRESENT}, admin)

    assert told(here) == ["after", "certificate_revoked", "certificate"]


def test_who_is_found_on_the_sheet_after_the_survey_closed_is_told_of_the_certificate(
    closed, admin, clock: Clock
):
    slot, _here, away = closed
    clock.move(days=31)

    correct(slot, {away.pk: State.PRESENT}, admin)

    assert away.certificates.get().status == Status.VALID
    assert told(away) == ["certificate"]


def test_minutes_that_change_replace_the_certificate_and_nobody_is_thanked_twice(closed, admin):
    slot, here, away = closed

    correct(slot, {here.pk: State.LATE}, admin, minutes={here.pk: 90})

    old, new = here.certificates.order_by("pk")
    assert (old.status, new.status, new.facts["minutes"]) == (Status.REPLACED, Status.VALID, 90)
    assert told(here) == ["after", "certificate"]
    assert told(away) == []


def test_one_person_corrected_leaves_the_papers_of_the_others_alone(closed, admin):
    slot, here, away = closed
    before = here.certificates.get()

    correct(slot, {away.pk: State.PRESENT}, admin)

    assert here.certificates.get() == before
    assert told(here) == ["after"]


@pytest.mark.parametrize("reason", ["", "  ", "\0", "x" * 241])
def test_a_correction_says_why_in_one_line(closed, admin, reason):
    slot, here, _away = closed

    with pytest.raises(DomainError) as refused:
        correct(slot, {here.pk: State.ABSENT}, admin, reason=reason)

    assert refused.value.field == "reason"
    assert current_sheet(slot).version == 1


def test_a_correction_that_changes_nothing_makes_no_version(closed, admin):
    slot, here, _away = closed

    with pytest.raises(DomainError, match="Rien ne change"):
        correct(slot, {here.pk: State.PRESENT}, admin)
    assert AttendanceSheet.objects.count() == 1


def test_a_sheet_that_somebody_else_corrected_meanwhile_is_read_again(closed, admin):
    slot, here, away = closed
    correct(slot, {away.pk: State.EXCUSED}, admin, seen=1)

    with pytest.raises(DomainError, match="quelqu’un d’autre"):
        correct(slot, {here.pk: State.ABSENT}, admin, seen=1)
    assert Attendance.objects.get(registration=here).state == State.PRESENT


def test_an_open_sheet_is_marked_and_not_corrected(past_session, admin):
    slot, person = past_session.slots.get(), make_registration(past_session)

    with pytest.raises(DomainError, match="pas encore close"):
        correct(slot, {person.pk: State.PRESENT}, admin)
    assert not Attendance.objects.exists()


def test_somebody_forgotten_is_put_on_the_sheet_and_nobody_drops_out_of_it(closed, admin):
    slot, here, away = closed
    Registration.objects.filter(pk=away.pk).update(state=Registration.State.WITHDRAWN)
    forgotten = make_person()

    sheet = correct(slot, {}, admin, forgotten=forgotten)

    added = Registration.objects.get(email=forgotten.email)
    assert {line["registration"]: line["state"] for line in sheet.content} == {
        here.pk: "present",
        away.pk: "absent",
        added.pk: "present",
    }
    assert added.certificates.get().status == Status.VALID
    assert told(added) == ["after"]


def test_nobody_is_added_by_a_correction_that_is_refused(closed, admin):
    slot, *_ = closed

    with pytest.raises(DomainError, match="quelqu’un d’autre"):
        correct(slot, {}, admin, forgotten=make_person(), seen=3)
    assert Registration.objects.count() == 2


def test_nobody_of_another_session_comes_onto_the_sheet(closed, admin):
    slot, *_ = closed
    stranger = make_registration(make_session(days=-1))

    with pytest.raises(DomainError, match="plus confirmée"):
        correct(slot, {stranger.pk: State.PRESENT}, admin)


def test_a_refusal_of_what_follows_undoes_the_correction(closed, admin, monkeypatch):
    slot, here, _away = closed

    def refuse(**_):
        raise DomainError("Non.")

    monkeypatch.setattr(closing, "follow_correction", refuse)
    with pytest.raises(DomainError, match="Non"):
        correct(slot, {here.pk: State.ABSENT}, admin)
    assert current_sheet(slot).version == 1
    assert Attendance.objects.get(registration=here).state == State.PRESENT


def test_an_imported_session_is_corrected_without_thanking_anybody(admin):
    from events.domain.attendance import mark_imported, settle_imported_sheet

    session = make_session(days=-1, imported=True)
    slot, person = session.slots.get(), make_registration(session)
    mark_imported(slot=slot, marks={}, by=None)
    settle_imported_sheet(slot=slot, by=None)

    correct(slot, {person.pk: State.PRESENT}, admin)

    assert [*attended(session=session)] == [person.pk]
    assert told(person) == []
    assert not SurveyInvitation.objects.exists()


def test_the_hours_of_several_slots_are_the_sum_of_what_each_sheet_says(admin):
    start = timezone.now() - timedelta(days=2)
    morning = SlotTimes(start, start + timedelta(hours=3))
    afternoon = SlotTimes(start + timedelta(hours=4), start + timedelta(hours=7))
    session = make_session(slots=[morning, afternoon])
    person, (first, second) = make_registration(session), session.slots.all()
    mark(slot=first, marks={person.pk: State.LEFT}, minutes={person.pk: 100}, by=admin)
    mark(slot=second, marks={person.pk: State.PRESENT}, by=admin)
    closing.close_sheet(slot=first, by=admin)
    assert minutes_of(attended(session=session)[person.pk]) == 100

    closing.close_sheet(slot=second, by=admin)
    assert person.certificates.get().facts["minutes"] == 280
    assert [slot["minutes"] for slot in person.certificates.get().facts["slots"]] == [100, 180]

    correct(first, {person.pk: State.PRESENT}, admin)
    assert person.certificates.get(status=Status.VALID).facts["minutes"] == 360


def test_the_correction_of_who_leads_is_countersigned_at_once(closed):
    slot, here, _away = closed
    leader = make_user()
    SessionRole.objects.create(
        session=slot.session, role=SessionRole.Role.TRAINER, name="Qui forme", user=leader
    )

    sheet = correct(slot, {here.pk: State.ABSENT}, leader)

    assert sheet.countersignatures.get().user == leader


def test_who_was_not_there_after_all_has_no_say_and_no_count_tells_who_had_not_answered(closed, admin):
    slot, here, away = closed
    correct(slot, {away.pk: State.PRESENT}, admin)
    assert why_closed(away.survey_invitations.get()) == ""

    correct(slot, {away.pk: State.EXCUSED}, admin)

    assert "ne vous dit plus" in why_closed(away.survey_invitations.get())
    assert why_closed(here.survey_invitations.get()) == ""
    with pytest.raises(DomainError, match="ne vous dit plus"):
        answer(invitation=away.survey_invitations.get(), values={"note": 9})
    assert SurveyInvitation.objects.count() == 2
