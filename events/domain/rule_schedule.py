"""When a message rule speaks: at nine in the morning of its day, Paris time.

A day of a session is one moment, however many slots it has: before it, its first slot counts; after
it, its last. Nothing here reads or writes the database.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from events.models import MessageRule, Slot

Moment = MessageRule.Moment

MORNING, EVENING, LATEST = time(9), time(18), time(20)
# A message that arrives as people leave home helps nobody: it goes on the eve.
NOTICE = timedelta(hours=1)
# A worker that was down catches up: until the slot starts, or this long after the moment.
LATE = timedelta(days=7)


def due_at(rule: MessageRule, slot: Slot) -> datetime:
    """The decent hour at which ``rule`` speaks of ``slot``."""
    if rule.moment == Moment.BEFORE:
        day = timezone.localdate(slot.starts_at)
        due = _at(day - timedelta(days=rule.days), MORNING)
        return due if due <= slot.starts_at - NOTICE else _at(day - timedelta(days=1), EVENING)
    day = timezone.localdate(slot.ends_at)
    due = max(_at(day + timedelta(days=rule.days), MORNING), slot.ends_at)
    local = timezone.localtime(due)
    return due if local.time() <= LATEST else _at(local.date() + timedelta(days=1), MORNING)


def window(moment: str, days: int, now: datetime) -> tuple[datetime, datetime]:
    """Between which instants the start (before) or the end (after) of a slot lies whose moment is due now.

    A little wider than needed: ``is_due`` decides.
    """
    today = timezone.localdate(now)
    if moment == Moment.BEFORE:
        return now, _midnight(today + timedelta(days=max(days, 1) + 1))
    oldest = _midnight(today - LATE - timedelta(days=days + 2))
    return oldest, min(now, _midnight(today - timedelta(days=days - 1)))


def narrowed(
    moment: str, days: int, between: tuple[datetime, datetime], since: datetime
) -> tuple[datetime, datetime]:
    """``between``, which is a ``window``, without the slots whose moment was over before ``since``.

    A little wider than needed, as it is: a late evening speaks the next morning.
    """
    day = timezone.localdate(since)
    ahead = days if moment == Moment.BEFORE else -days - 2
    return max(between[0], _midnight(day + timedelta(days=ahead))), between[1]


def is_due(rule: MessageRule, slot: Slot, now: datetime) -> bool:
    """Whether ``rule`` speaks of ``slot`` now: its moment is here, not over before the rule, not too old."""
    due = due_at(rule, slot)
    if not rule.active_since <= due <= now:
        return False
    return slot.starts_at > now if rule.moment == Moment.BEFORE else due >= now - LATE


def speaks_for_its_day(moment: str, slot: Slot, siblings: Iterable[Slot]) -> bool:
    """Whether ``slot`` is the one of its day that counts, among the slots of its session."""
    day = timezone.localdate(slot.starts_at)
    same_day = [each for each in siblings if timezone.localdate(each.starts_at) == day] or [slot]
    if moment == Moment.BEFORE:
        return slot.pk == min(same_day, key=lambda each: each.starts_at).pk
    return slot.pk == max(same_day, key=lambda each: each.ends_at).pk


def key(rule: MessageRule, *, session_id: int, slot: Slot | None) -> str:
    """With the registration's number behind it: what makes a message itself and no other.

    An adapted rule says the same as the one that it adapts.
    """
    root = rule.adjusts_id or rule.pk
    day = f"{timezone.localdate(slot.starts_at):%Y%m%d}" if slot else "registration"
    return f"rule:{root}:{session_id}:{day}:"


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _midnight(day: date) -> datetime:
    return _at(day, time.min)
