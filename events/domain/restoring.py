"""After a backup is brought back: what it owed may have left meanwhile, so nothing of that leaves by itself.

A message that waited in the backup, and each one that the clock would have written between the backup and
now, is kept as failed, under its own key: nothing queues it a second time. Coordinators see them and send
them, or put them aside, in one go.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import attendance, message_rules, outbox, registration, survey
from events.domain.message_words import RESTORED
from events.models import Message
from events.models.message import UNSENT
from members.models import Organisation, User

State = Message.State
# Surveys and reminders of sheets are written until the evening only: later, the clock of that day has spoken.
LAST_WORD = time(19, 59)
# Nothing that the clock writes is older (``LATE`` of surveys and of rules).
LOOK_BACK = timedelta(days=40)


def hold_outbox() -> int:
    """Keep what waits to leave from leaving; returns how many messages. Repeating it is harmless."""
    waiting = Message.objects.filter(UNSENT, state__in=(State.QUEUED, State.SENDING))
    return waiting.update(state=State.FAILED, locked_until=None, last_error=RESTORED)


def settle_meanwhile(*, taken_at: datetime, now: datetime | None = None) -> int:
    """Do what the clock did between the backup and ``now``, telling nobody; returns how many are held.

    Needs a site that nobody uses yet: the workers would send what is written here before it is held.
    """
    now = now or timezone.now()
    hold_outbox()
    registration.expire_offers(now=now)
    registration.fill_due(now=now)
    for moment in _moments(max(taken_at, now - LOOK_BACK), now):
        survey.queue_due(now=moment)
        message_rules.queue_due(now=moment)
        attendance.remind_open_sheets(now=moment)
    hold_outbox()
    return held().count()


def held() -> QuerySet[Message]:
    return Message.objects.filter(UNSENT, state=State.FAILED, last_error=RESTORED).order_by("pk")


def resend_held(*, messages: QuerySet[Message], by: User) -> tuple[int, int]:
    """Send what a restoration held, among ``messages``; returns how many leave, how many had no object."""
    leaving = useless = 0
    mine = list(messages.filter(pk__in=held().order_by().values("pk")).only("organisation").order_by("pk"))
    _log("escale.resend_held", mine, by)
    for message in mine:
        try:
            outbox.retry(message=message, by=by)
        except DomainError:
            useless += _put_aside(Message.objects.filter(pk=message.pk))
        else:
            leaving += 1
    return leaving, useless


def drop_held(*, messages: QuerySet[Message], by: User) -> int:
    """Put aside, for good, what a restoration held among ``messages``; returns how many."""
    with transaction.atomic():
        mine = list(messages.filter(pk__in=held().order_by().values("pk")).only("organisation"))
        _log("escale.drop_held", mine, by)
        return _put_aside(Message.objects.filter(pk__in=[each.pk for each in mine]))


def _log(action: str, messages: Sequence[Message], by: User) -> None:
    """A line for each organisation, with how many of its messages."""
    many = Counter(each.organisation_id for each in messages)
    for organisation in Organisation.objects.filter(pk__in=[pk for pk in many if pk]).order_by("pk"):
        log(instance=organisation, action=action, user=by, data={"messages": many[organisation.pk]})


def _put_aside(messages: QuerySet[Message]) -> int:
    return messages.filter(state=State.FAILED, last_error=RESTORED).update(state=State.DROPPED)


def _moments(since: datetime, now: datetime) -> Iterator[datetime]:
    """The last minute of each day at which the clock wrote since then, and this one."""
    day = timezone.localdate(since)
    while day <= timezone.localdate(now):
        moment = timezone.make_aware(datetime.combine(day, LAST_WORD))
        if since < moment < now:
            yield moment
        day += timedelta(days=1)
    yield now
