"""Sending what is in the outbox: one message at a time, outside of any transaction.

A message is claimed by a guarded update, so that two workers never send the same one. A worker that dies
leaves its message locked until ``locked_until``; ``free_stuck_messages`` then puts it back, hence at most
one duplicate per death, under the same ``Message-ID``. While the mail server cannot be reached no message is
claimed: an outage, however long, is the fault of none. Neither the log nor ``last_error`` names a person.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from events.domain import mails, smtp_errors, survey_mails
from events.domain.mail_line import MailLine
from events.domain.relevance import still_applies
from events.models import Message
from events.models.message import UNSENT

logger = logging.getLogger(__name__)
State = Message.State

# Longer than a mail may take: each step of the SMTP dialogue may last EMAIL_TIMEOUT, and a server that hangs
# up at the last of five is called again: thirteen more, from the line to the end of the message.
LOCK, STEPS = timedelta(minutes=5), 20
# Waits between the tries, in minutes: four days, as mail servers do between themselves.
BACK_OFF = (1, 5, 15, 60, 180, 360, *[480] * 11)
SPREAD = 1.2
# A server that breaks off in mid-message is left alone until the next minute.
STRIKES = 3


def deliver_due(
    *, now: datetime | None = None, limit: int = 100, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due, oldest first; returns how many were sent. One bad message stops no other.

    ``stopping`` is asked before each message, for a worker that was told to end.
    """
    free_stuck_messages(now=now)
    sent = strikes = 0
    with MailLine() as line:
        for _ in range(limit):
            if strikes == STRIKES or stopping() or not _is_ready(line, now or timezone.now()):
                break
            message = _claim(now or timezone.now())
            if message is None:
                break
            error = _deliver(message, line)
            sent += message.state == State.SENT
            strikes += smtp_errors.is_unreachable(error)
    return sent


def free_stuck_messages(*, now: datetime | None = None) -> int:
    """Put back the messages whose worker died; returns how many."""
    now = now or timezone.now()
    stuck = Message.objects.filter(UNSENT, state=State.SENDING, locked_until__lt=now)
    return stuck.update(state=State.QUEUED, locked_until=None, next_try_at=now)


def _due(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(UNSENT, state=State.QUEUED, next_try_at__lte=now).order_by(
        "next_try_at", "pk"
    )


def _is_ready(line: MailLine, now: datetime) -> bool:
    """Whether the line is open; it is opened for what is due only. What waits for it says why."""
    if line.is_open:
        return True
    due = _due(now).order_by()
    if not due.exists():
        return False
    try:
        line.open()
    except Exception as error:  # noqa: BLE001 a server may greet with anything
        described = smtp_errors.describe(error)
        logger.warning("The mail server cannot be reached: %s", described)
        due.exclude(last_error=described).update(last_error=described)
    return line.is_open


def _claim(now: datetime) -> Message | None:
    """Take the oldest due message for ourselves; what another worker takes meanwhile is skipped."""
    due = _due(now)
    for pk in list(due.values_list("pk", flat=True)[:20]):
        with transaction.atomic(durable=True):
            claimed = (
                due.filter(pk=pk)
                .order_by()
                .update(
                    state=State.SENDING, locked_until=timezone.now() + _lock(), attempts=F("attempts") + 1
                )
            )
        if claimed:
            related = ("organisation", "registration__session__activity", "rule", "slot")
            return Message.objects.select_related(*related).get(pk=pk)
    return None


def _lock() -> timedelta:
    return max(LOCK, STEPS * timedelta(seconds=settings.EMAIL_TIMEOUT or 0))


def _deliver(message: Message, line: MailLine) -> Exception | None:
    """Send a claimed message and note what came of it."""
    try:
        if not still_applies(message, now=timezone.now()):
            _settle(message, state=State.DROPPED)
            return None
        line.send(mails.build(message, html=survey_mails.html(message)))
    except Exception as error:  # noqa: BLE001 one poisoned message must not stop the others
        _retry_or_give_up(message, error)
        return error
    _settle(message, state=State.SENT, sent_at=timezone.now(), last_error="")
    return None


def _retry_or_give_up(message: Message, error: Exception) -> None:
    described = smtp_errors.describe(error)
    if smtp_errors.is_refused_for_good(error) or message.attempts > len(BACK_OFF):
        logger.error("Message %s given up after %s tries: %s", message.pk, message.attempts, described)
        _settle(message, state=State.FAILED, last_error=described)
        return
    logger.warning("Message %s not sent at try %s: %s", message.pk, message.attempts, described)
    wait = BACK_OFF[message.attempts - 1] * random.uniform(1, SPREAD)  # noqa: S311 spreads the retries
    next_try_at = timezone.now() + timedelta(minutes=wait)
    _settle(message, state=State.QUEUED, last_error=described, next_try_at=next_try_at)


def _settle(message: Message, *, state: State, **fields: object) -> None:
    """Write the outcome, unless the message was freed and taken by another worker meanwhile."""
    message.state = state
    with transaction.atomic(durable=True):
        ours = Message.objects.filter(pk=message.pk, state=State.SENDING, locked_until=message.locked_until)
        ours.update(state=state, locked_until=None, **fields)
