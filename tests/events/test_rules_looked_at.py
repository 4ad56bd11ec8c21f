"""Minute after minute, rules look at the moments since the last whole look, and forget nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from events.domain import message_rules, rule_queue
from events.domain.attendance import mark
from events.domain.rule_schedule import due_at, narrowed, window
from events.models import Attendance, Message, MessageRule, Session, Slot
from tests.events.test_message_rules import a_day, make_rule, organisation_of, registered_last_week
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db
Moment, Audience = MessageRule.Moment, MessageRule.Audience
Pass = Callable[[datetime], int]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def a_pass(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Pass:
    """``queue_due`` whose note is kept, as it is once its writing is committed."""

    def run(now: datetime) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return message_rules.queue_due(now=now)

    return run


def told() -> list[str]:
    return sorted(Message.objects.filter(kind="rule").values_list("recipient", flat=True))


def test_after_hours_of_sleep_each_is_told_once_and_nobody_is_forgotten(a_pass: Pass) -> None:
    people = []
    for hour in (10, 12, 15, 19):
        session = make_session(days=14)
        make_rule(organisation_of(session))
        make_rule(organisation_of(session), name="Le jour même", days=0)
        people += [registered_last_week(session) for _ in range(2)]
        Slot.objects.filter(session=session).update(starts_at=a_day(14, hour), ends_at=a_day(14, hour + 1))
    assert a_pass(a_day(11, 22)) == 0
    assert a_pass(a_day(11, 22) + MINUTE) == 0
    assert a_pass(a_day(12, 14)) == 8  # down for sixteen hours
    for minute in range(15):
        assert a_pass(a_day(12, 14, 1) + minute * MINUTE) == 0
    assert told() == sorted(each.email for each in people)
    assert a_pass(a_day(14, 8, 55)) == 0
    assert sum(a_pass(a_day(14, 8, 56) + minute * MINUTE) for minute in range(10)) == 8
    assert told() == sorted(2 * [each.email for each in people])


def test_what_is_due_between_two_whole_looks_leaves_at_its_minute(a_pass: Pass) -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    assert [a_pass(a_day(12, 8, 58) + minute * MINUTE) for minute in range(4)] == [0, 0, 1, 0]


def test_who_was_written_while_the_last_pass_looked_is_told(a_pass: Pass) -> None:
    """Registered before the moment, committed after the pass that followed it."""
    session = make_session(days=14)
    make_rule(organisation_of(session))
    assert a_pass(a_day(12, 9, 1)) == 0
    registered_last_week(session)
    assert a_pass(a_day(12, 9, 2)) == 1


def test_what_comes_to_be_owed_later_waits_for_no_more_than_ten_minutes(a_pass: Pass) -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    MessageRule.objects.update(active_since=a_day(-30))
    Session.objects.update(status=Session.Status.DRAFT)
    assert a_pass(a_day(12, 12)) == 0
    Session.objects.update(status=Session.Status.PUBLISHED)
    assert a_pass(a_day(12, 12, 9)) == 0
    assert a_pass(a_day(12, 12, 10)) == 1


def test_resuming_and_late_marks_wait_for_nothing(
    a_pass: Pass, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    over = make_session(days=-3)
    make_rule(organisation_of(over), moment=Moment.AFTER, days=0, audience=Audience.ABSENT)
    registration = registered_last_week(over)
    Session.objects.filter(pk=session.pk).update(messages_paused=True)
    assert a_pass(now := a_day(0)) == 0
    mark(slot=over.slots.get(), marks={registration.pk: Attendance.State.ABSENT}, by=None)
    assert a_pass(now + MINUTE) == 1
    assert a_pass(a_day(12, 12)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        message_rules.resume(session=session, by=make_user())
    assert a_pass(a_day(12, 12, 1)) == 1


def test_a_pass_in_which_something_failed_is_no_whole_look(
    a_pass: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    with monkeypatch.context() as broken:
        broken.setattr(rule_queue.outbox, "queue_many", lambda messages: 1 / 0)
        assert a_pass(a_day(12, 15)) == 0
    assert a_pass(a_day(12, 15, 1)) == 1


def test_what_is_not_committed_is_not_noted() -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    assert message_rules.queue_due(now=a_day(12)) == 1  # in a transaction that has not ended
    assert cache.get(rule_queue.LOOKED) is None


def test_a_clock_that_was_set_back_looks_at_all(a_pass: Pass) -> None:
    registered_last_week(session := make_session(days=14))
    make_rule(organisation_of(session))
    assert a_pass(a_day(16)) == 0
    assert a_pass(a_day(12, 15)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_quiet_minute_asks_for_rules_and_slots_alone(
    count: int, a_pass: Pass, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        session = make_session(days=14)
        for name in range(count):
            make_rule(organisation_of(session), name=str(name))
            registered_last_week(session)
    assert a_pass(a_day(12, 15)) == count**3
    with django_assert_num_queries(2):
        assert a_pass(a_day(12, 15, 1)) == 0


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
@pytest.mark.parametrize("days", [0, 1, 2, 7])
def test_the_narrow_window_holds_each_slot_whose_moment_is_in_it(moment: str, days: int) -> None:
    """Slots of each hour around, whatever the minute of the pass."""
    rule = MessageRule(moment=moment, days=days)
    for hour in range(0, 24, 3):
        now = a_day(30, hour, 30)
        since = now - timedelta(minutes=20)
        first, last = narrowed(moment, days, window(moment, days, now), since)
        for start in range(-12 * 24, 12 * 24):
            slot = Slot(starts_at=now + timedelta(minutes=60 * start + 30))
            slot.ends_at = slot.starts_at + timedelta(hours=2)
            edge = slot.starts_at if moment == Moment.BEFORE else slot.ends_at
            if since <= due_at(rule, slot) <= now and (moment == Moment.AFTER or slot.starts_at > now):
                assert first <= edge <= last
