"""Message rules: when they speak, to whom, once, and never of what no longer applies."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from common.errors import DomainError
from common.versions import StaleError
from events.domain import message_rules, outbox, rule_queue
from events.domain.attendance import mark
from events.domain.registration import withdraw
from events.domain.rule_schedule import due_at
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import Attendance, JournalEntry, Message, MessageRule, Registration, Session, Slot
from members.models import Organisation
from tests.factories import make_activity, make_organisation, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db
Moment, Audience, State = MessageRule.Moment, MessageRule.Audience, Message.State


def make_rule(organisation: Organisation, **fields: Any) -> MessageRule:
    defaults = {
        "name": "Rappel",
        "moment": Moment.BEFORE,
        "days": 2,
        "audience": Audience.CONFIRMED,
        "subject": "Rappel : {dispositif}",
        "body": "Bonjour {prenom}, à {date} {heure}.\n{lien}",
    }
    return message_rules.save_rule(
        rule=MessageRule(organisation=organisation, **(defaults | fields)), by=None
    )


def a_day(days: int, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(
        datetime.combine(timezone.localdate() + timedelta(days=days), time(hour, minute))
    )


def organisation_of(session: Session) -> Organisation:
    return session.activity.organisation


def rule_messages() -> list[str]:
    return list(Message.objects.filter(kind="rule").order_by("pk").values_list("recipient", flat=True))


def deliver() -> None:
    Message.objects.exclude(kind="rule").delete()
    outbox.deliver_due()


def registered_last_week(session: Session, **person: Any) -> Registration:
    registration = make_registration(session, **person)
    long_ago = timezone.now() - timedelta(days=30)
    Registration.objects.filter(pk=registration.pk).update(registered_at=long_ago, state_changed_at=long_ago)
    Message.objects.update(created_at=long_ago)
    MessageRule.objects.update(active_since=long_ago)
    return registration


@pytest.mark.parametrize(
    ("moment", "days", "start", "end", "expected"),
    [
        (Moment.BEFORE, 2, (14, 19, 0), (14, 21, 0), (12, 9)),
        (Moment.BEFORE, 0, (14, 19, 0), (14, 21, 0), (14, 9)),
        (Moment.BEFORE, 0, (14, 9, 30), (14, 12, 0), (13, 18)),  # too early in the morning: on the eve
        (Moment.AFTER, 1, (14, 19, 0), (14, 21, 0), (15, 9)),
        (Moment.AFTER, 0, (14, 14, 0), (14, 17, 0), (14, 17)),  # as soon as it ends
        (Moment.AFTER, 0, (14, 19, 0), (14, 22, 0), (15, 9)),  # nobody is written to at night
    ],
)
def test_a_rule_speaks_at_a_decent_hour(moment, days, start, end, expected):
    slot = Slot(starts_at=a_day(*start), ends_at=a_day(*end))
    assert due_at(MessageRule(moment=moment, days=days), slot) == a_day(*expected)


@pytest.mark.parametrize("day", [datetime(2027, 3, 29), datetime(2027, 11, 1)])
def test_nine_oclock_stays_nine_oclock_across_a_change_of_clocks(day):
    start = timezone.make_aware(datetime.combine(day, time(19)))
    due = due_at(MessageRule(moment=Moment.BEFORE, days=2), Slot(starts_at=start, ends_at=start))
    assert timezone.localtime(due).strftime("%d %H:%M") == (day - timedelta(days=2)).strftime("%d 09:00")


def test_a_reminder_is_queued_at_its_moment_once_and_as_written():
    session = make_session(days=14)
    rule = make_rule(organisation_of(session))
    registration = make_registration(session, first_name="Zoé")
    assert message_rules.queue_due(now=a_day(12, 8, 59)) == 0
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert message_rules.queue_due(now=a_day(12, 9, 1)) == 0
    message = Message.objects.get(kind="rule")
    assert (message.rule, message.slot, message.session) == (rule, session.slots.get(), session)
    assert (message.registration, message.organisation) == (registration, organisation_of(session))
    assert message.subject == f"Rappel : {session.activity.title}"
    assert message.body.startswith("Bonjour Zoé, à ")


def test_only_the_organisations_own_sessions_are_spoken_of():
    session, other = make_session(days=14), make_session(days=14)
    make_rule(organisation_of(session))
    mine = make_registration(session)
    make_registration(other)
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert rule_messages() == [mine.email]


def test_a_worker_that_was_down_reminds_until_the_slot_starts():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    assert message_rules.queue_due(now=a_day(14, 19)) == 0
    assert message_rules.queue_due(now=a_day(14, 18, 59)) == 1


def test_an_after_message_is_caught_up_for_seven_days():
    session = make_session(days=14)
    make_rule(organisation_of(session), moment=Moment.AFTER, days=1)
    make_registration(session)
    assert message_rules.queue_due(now=a_day(15, 8, 59)) == 0
    assert message_rules.queue_due(now=a_day(22, 9, 1)) == 0
    assert message_rules.queue_due(now=a_day(22, 8, 59)) == 1


def test_whoever_registers_after_the_moment_is_not_reminded():
    session = make_session(days=1)
    make_rule(organisation_of(session), days=2)
    MessageRule.objects.update(active_since=a_day(-30))
    make_registration(session)
    assert message_rules.queue_due() == 0


def test_whoever_was_told_of_a_move_after_the_moment_is_not_reminded_as_well():
    session = make_session(days=30)
    make_rule(organisation_of(session), days=2)
    registered_last_week(session)
    start = a_day(1, 19)
    save_session(session=session, slots=[SlotTimes(start, start + timedelta(hours=2))], by=None)
    assert Message.objects.filter(kind="moved").count() == 1
    assert message_rules.queue_due() == 0


def test_a_session_moved_is_reminded_of_at_its_new_date_only():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    assert message_rules.queue_due(now=a_day(12)) == 1
    start = a_day(20, 19)
    save_session(session=session, slots=[SlotTimes(start, start + timedelta(hours=2))], by=None)
    deliver()
    assert Message.objects.get(kind="rule").state == State.DROPPED
    assert message_rules.queue_due(now=a_day(12, 9, 5)) == 0
    assert message_rules.queue_due(now=a_day(18)) == 1


def _cancel(session: Session, registration: Registration, rule: MessageRule) -> None:
    cancel_session(session=session, reason="", by=None)


def _withdraw(session: Session, registration: Registration, rule: MessageRule) -> None:
    withdraw(registration=registration)


def _pause(session: Session, registration: Registration, rule: MessageRule) -> None:
    Session.objects.filter(pk=session.pk).update(messages_paused=True)


def _unpublish(session: Session, registration: Registration, rule: MessageRule) -> None:
    Session.objects.filter(pk=session.pk).update(status=Session.Status.DRAFT)


def _switch_off(session: Session, registration: Registration, rule: MessageRule) -> None:
    message_rules.switch(rule=rule, active=False, by=None)


def _silence(session: Session, registration: Registration, rule: MessageRule) -> None:
    adapt(rule, session, active=False)


CHANGES = [_cancel, _withdraw, _pause, _unpublish, _switch_off, _silence]


def adapt(rule: MessageRule, session: Session, **fields: Any) -> MessageRule:
    defaults = {
        "activity": session.activity,
        "adjusts": rule,
        "subject": "Adapté",
        "body": "x",
        "days": rule.days,
    }
    return make_rule(organisation_of(session), **(defaults | fields))


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_queued_for_what_no_longer_applies(change: Callable[..., None]):
    session = make_session(days=14)
    rule = make_rule(organisation_of(session))
    change(session, make_registration(session), rule)
    assert message_rules.queue_due(now=a_day(12)) == 0


@pytest.mark.parametrize("change", CHANGES)
def test_a_queued_reminder_is_dropped_when_it_no_longer_applies(change: Callable[..., None]):
    session = make_session(days=14)
    rule = make_rule(organisation_of(session))
    registration = make_registration(session)
    assert message_rules.queue_due(now=a_day(12)) == 1
    change(session, registration, rule)
    deliver()
    assert Message.objects.get(kind="rule").state == State.DROPPED
    assert not [sent for sent in mail.outbox if sent.subject.startswith("Rappel")]


def test_a_queued_reminder_that_applies_is_sent():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    message_rules.queue_due(now=a_day(12))
    deliver()
    assert Message.objects.get(kind="rule").state == State.SENT
    assert mail.outbox[-1].reply_to == [organisation_of(session).email]


def test_a_reminder_retried_once_its_slot_has_started_is_dropped():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    message_rules.queue_due(now=a_day(12))
    message = Message.objects.get(kind="rule")
    assert outbox.still_applies(message, now=a_day(14, 18, 59))
    assert not outbox.still_applies(message, now=a_day(14, 19))


def test_a_new_rule_says_nothing_of_moments_already_over():
    session = make_session(days=1)
    registered_last_week(session)
    make_rule(organisation_of(session), days=2)
    make_rule(organisation_of(session), name="Merci", moment=Moment.AFTER, days=0)
    past = make_session(session.activity, days=-2)
    make_registration(past)
    assert message_rules.queue_due() == 0


def test_switching_on_again_or_changing_the_moment_says_nothing_of_the_past():
    session = make_session(days=1)
    rule = make_rule(organisation_of(session), days=2)
    registered_last_week(session)
    message_rules.switch(rule=rule, active=False, by=None)
    rule = message_rules.switch(rule=rule, active=True, by=None)
    assert message_rules.queue_due() == 0
    MessageRule.objects.update(active_since=a_day(-30))
    rule.refresh_from_db()
    rule.days = 3
    message_rules.save_rule(rule=rule, seen=rule.version, by=None)
    assert message_rules.queue_due() == 0


def test_imported_people_are_never_written_to():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    Registration.objects.update(source=Registration.Source.IMPORT)
    assert message_rules.queue_due(now=a_day(12)) == 0


def test_a_rule_of_one_activity_leaves_the_others_alone():
    session = make_session(days=14)
    other = make_session(make_activity(organisation_of(session)), days=14)
    make_rule(organisation_of(session), activity=session.activity)
    mine = make_registration(session)
    make_registration(other)
    message_rules.queue_due(now=a_day(12))
    assert rule_messages() == [mine.email]


def test_an_adapted_rule_replaces_the_general_one_for_its_activity():
    session = make_session(days=14)
    other = make_session(make_activity(organisation_of(session)), days=14)
    rule = make_rule(organisation_of(session))
    adapt(rule, session, days=5)
    first, second = make_registration(session), make_registration(other)
    assert message_rules.queue_due(now=a_day(9)) == 1
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert rule_messages() == [first.email, second.email]
    assert Message.objects.get(recipient=first.email, kind="rule").subject == "Adapté"


def test_adapting_a_rule_after_it_spoke_does_not_repeat_it():
    session = make_session(days=14)
    rule = make_rule(organisation_of(session))
    make_registration(session)
    assert message_rules.queue_due(now=a_day(12)) == 1
    adapt(rule, session)
    MessageRule.objects.update(active_since=a_day(-30))
    assert message_rules.queue_due(now=a_day(12)) == 0


def test_two_slots_of_one_day_are_one_reminder_two_days_are_two():
    slots = [
        SlotTimes(a_day(14, 9, 30), a_day(14, 12)),
        SlotTimes(a_day(14, 14), a_day(14, 17)),
        SlotTimes(a_day(15, 14), a_day(15, 17)),
    ]
    session = make_session(slots=slots)
    make_rule(organisation_of(session))
    make_registration(session)
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert message_rules.queue_due(now=a_day(13)) == 1
    assert "9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30" in Message.objects.filter(kind="rule").last().body


def test_people_who_wait_have_rules_of_their_own():
    session = make_session(days=14, capacity=1)
    make_rule(organisation_of(session), audience=Audience.WAITING)
    make_registration(session)
    waiting = make_registration(session)
    message_rules.queue_due(now=a_day(12))
    assert rule_messages() == [waiting.email]


@pytest.mark.parametrize(
    ("audience", "told"), [(Audience.PRESENT, ["present", "late"]), (Audience.ABSENT, ["absent"])]
)
def test_present_and_absent_follow_the_marks(audience, told):
    session = make_session(days=-3)
    make_rule(organisation_of(session), moment=Moment.AFTER, days=0, audience=audience)
    people = {
        name: make_registration(session) for name in ("present", "late", "excused", "absent", "unmarked")
    }
    MessageRule.objects.update(active_since=a_day(-30))
    marks = {people[name].pk: name for name in people if name != "unmarked"}
    mark(slot=session.slots.get(), marks=marks, by=None)
    message_rules.queue_due()
    assert rule_messages() == [people[name].email for name in told]
    deliver()
    assert set(Message.objects.filter(kind="rule").values_list("state", flat=True)) == {State.SENT}


def test_a_mark_that_comes_late_is_still_followed_and_one_corrected_drops_the_message():
    session = make_session(days=-3)
    make_rule(organisation_of(session), moment=Moment.AFTER, days=0, audience=Audience.ABSENT)
    registration = make_registration(session)
    MessageRule.objects.update(active_since=a_day(-30))
    assert message_rules.queue_due() == 0
    mark(slot=session.slots.get(), marks={registration.pk: Attendance.State.ABSENT}, by=None)
    assert message_rules.queue_due() == 1
    mark(slot=session.slots.get(), marks={registration.pk: Attendance.State.PRESENT}, by=None)
    deliver()
    assert Message.objects.get(kind="rule").state == State.DROPPED


def test_absent_in_the_morning_and_present_in_the_afternoon_is_present():
    slots = [
        SlotTimes(a_day(-3, 9), a_day(-3, 12)),
        SlotTimes(a_day(-3, 14), a_day(-3, 17)),
    ]
    session = make_session(slots=slots)
    make_rule(organisation_of(session), name="Absents", moment=Moment.AFTER, days=0, audience=Audience.ABSENT)
    registration = make_registration(session)
    MessageRule.objects.update(active_since=a_day(-30))
    morning, afternoon = session.slots.all()
    mark(slot=morning, marks={registration.pk: Attendance.State.ABSENT}, by=None)
    mark(slot=afternoon, marks={registration.pk: Attendance.State.PRESENT}, by=None)
    assert message_rules.queue_due() == 0


def test_on_registration_speaks_once_to_whom_it_means():
    session = make_session(days=14, capacity=1)
    make_rule(organisation_of(session), moment=Moment.REGISTRATION, subject="Bienvenue", body="{prenom}")
    confirmed, waiting = make_registration(session), make_registration(session)
    Message.objects.filter(kind="rule").delete()
    for registration in (confirmed, confirmed, waiting):
        message_rules.on_registrations([registration], session=registration.session)
    assert rule_messages() == [confirmed.email]


def test_on_registration_costs_one_query_without_a_rule(django_assert_num_queries):
    session = make_session()
    registration = Registration.objects.get(pk=make_registration(session).pk)
    with django_assert_num_queries(1):
        message_rules.on_registrations([registration], session=session)


@pytest.mark.parametrize("count", [1, 4])
def test_what_is_due_costs_the_same_for_one_organisation_or_several(count, django_assert_num_queries):
    for _ in range(count):
        session = make_session(days=14)
        make_rule(organisation_of(session))
        for _ in range(count):
            make_registration(session)
    # Rules, slots, sessions, siblings, keys, people, since when, notices;
    # then texts, sessions, slots, people, and the writing.
    with django_assert_num_queries(17):
        assert message_rules.queue_due(now=a_day(12)) == count * count


@pytest.mark.parametrize("field", ["registered_at", "state_changed_at"])
def test_whoever_came_after_the_moment_is_not_reminded_even_untold(field):
    session = make_session(days=14)
    make_rule(organisation_of(session))
    late, early = make_registration(session), make_registration(session)
    Message.objects.all().delete()
    Registration.objects.filter(pk=late.pk).update(**{field: a_day(12, 9, 1)})
    assert message_rules.queue_due(now=a_day(12, 9, 2)) == 1
    assert Message.objects.get().registration_id == early.pk


def test_a_minute_in_which_nothing_is_due_costs_two_queries(django_assert_num_queries):
    make_rule(organisation_of(make_session(days=14)))
    with django_assert_num_queries(2):
        assert message_rules.queue_due() == 0


def test_somebody_elses_edit_is_not_overwritten():
    rule = make_rule(make_organisation())
    mine, theirs = MessageRule.objects.get(), MessageRule.objects.get()
    theirs.days = 3
    message_rules.save_rule(rule=theirs, seen=rule.version, by=make_user())
    mine.days = 5
    with pytest.raises(StaleError):
        message_rules.save_rule(rule=mine, seen=rule.version, by=make_user())
    assert MessageRule.objects.get().days == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"body": "{email}"}, "body"),
        ({"subject": "{lien}"}, "subject"),
        ({"name": " "}, "name"),
        ({"subject": ""}, "subject"),
        ({"body": ""}, "body"),
        ({"audience": Audience.PRESENT}, "audience"),
        ({"days": 366}, "days"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_its_field(fields, field):
    with pytest.raises(DomainError) as error:
        make_rule(make_organisation(), **fields)
    assert error.value.field == field


def test_a_rule_never_takes_another_organisations_activity():
    with pytest.raises(DomainError, match="autre structure"):
        make_rule(make_organisation(), activity=make_activity())


def test_a_rule_is_adapted_once_per_activity_and_only_a_general_one():
    session = make_session()
    rule = make_rule(organisation_of(session))
    adapted = adapt(rule, session)
    with pytest.raises(DomainError, match="déjà adapté"):
        adapt(rule, session)
    with pytest.raises(DomainError, match="toute la structure"):
        adapt(adapted, session)


def test_each_change_is_logged_without_its_text():
    rule = make_rule(make_organisation())
    by = make_user()
    message_rules.switch(rule=rule, active=False, by=by)
    created, switched = JournalEntry.objects.filter(action="escale.message_rule").order_by("pk")
    assert created.organisation_id == rule.organisation_id
    assert switched.user_id == by.pk
    assert switched.data == {"active": {"before": True, "after": False}}


def test_a_new_organisation_begins_with_a_reminder_and_only_once():
    organisation = make_organisation()
    message_rules.add_defaults(organisation=organisation, by=None)
    message_rules.add_defaults(organisation=organisation, by=None)
    assert MessageRule.objects.get().name == "Rappel 2 jours avant"


def test_a_copied_session_is_spoken_of_once_its_messages_are_resumed():
    session = make_session(days=14)
    make_rule(organisation_of(session))
    make_registration(session)
    Session.objects.update(messages_paused=True)
    assert message_rules.queue_due(now=a_day(12)) == 0
    by = make_user()
    for _ in range(2):
        message_rules.resume(session=session, by=by)
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert JournalEntry.objects.filter(action="escale.resume_messages").count() == 1


def test_a_rule_that_cannot_be_written_keeps_no_other_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    session = make_session(days=14)
    person = registered_last_week(session)
    poisoned = make_rule(organisation_of(session), name="Abîmé", subject="Abîmé")
    sound = make_rule(organisation_of(session), name="Sain")
    fill = rule_queue.placeholders.fill

    def breaks(text: str, **facts: Any) -> str:
        if text == poisoned.subject:
            raise ValueError(person.email)
        return fill(text, **facts)

    monkeypatch.setattr(rule_queue.placeholders, "fill", breaks)
    assert message_rules.queue_due(now=a_day(12)) == 1
    assert Message.objects.get(kind="rule").rule == sound
    assert f"Message rule {poisoned.pk}: ValueError" in caplog.text
    assert person.email not in caplog.text
