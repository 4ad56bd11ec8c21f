"""The outbox: messages are rows, written in the transaction that owes them and sent by a worker.

``queue`` writes; ``deliver_due`` sends what is due, one message at a time, outside of any
transaction: claimed by a guarded update, so that two workers never send the same one. A worker that
dies leaves its message locked until ``locked_until``; ``free_stuck_messages`` then puts it back,
hence at most one duplicate per death. Neither the log nor ``last_error`` names a person.
"""

import logging
import random
import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import attendee_mails, mails, rule_audience, sheet_reminders, smtp_errors, survey_mails
from events.models import Mailing, Message, MessageRule, Registration, Session, Slot
from members.emails import is_nobody, is_usable
from members.models import Organisation, User

logger = logging.getLogger(__name__)
State = Message.State

# Longer than a mail may take: each step of the SMTP dialogue may last EMAIL_TIMEOUT (20 s).
LOCK = timedelta(minutes=5)
# Waits between the tries, in minutes: nine tries over more than a day, through a mail server's bad night.
BACK_OFF = (1, 5, 15, 60, 180, 360, 480, 480)
# A server that cannot be reached is left alone until the next minute.
STRIKES = 3
IMPOSSIBLE = "adresse impossible"
NOT_AGAIN = {
    State.SENT: "Ce message est déjà parti.",
    State.SENDING: "Ce message est en train de partir.",
    State.DROPPED: "Ce message n’a plus d’objet : il ne s’envoie plus.",
}
# What makes no sense once the session is over.
BEFORE_THE_SESSION = (
    "confirmed",
    "waitlisted",
    "pending",
    "approved",
    "promoted",
    "offered",
    "offer_expired",
    "moved",
    "transferred",
    "already_registered",
)
# What asks or announces something that a later event undoes.
ONLY_WHILE = {
    "waitlisted": Registration.State.WAITLISTED,
    "pending": Registration.State.PENDING,
    "offered": Registration.State.OFFERED,
    "offer_expired": Registration.State.EXPIRED,
}


def queue(
    *,
    key: str,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    organisation: Organisation | None = None,
    registration: Registration | None = None,
    session: Session | None = None,
    rule: MessageRule | None = None,
    slot: Slot | None = None,
    mailing: Mailing | None = None,
    calendar: str = "",
    calendar_method: str = "",
) -> Message | None:
    """Write a message in the caller's transaction; None if ``key`` was queued before.

    The session is the registration's unless another is given. An impossible address is kept as a failed
    message: one wrong row among three hundred must not prevent a session from being cancelled.
    """
    message = draft(
        key=key,
        kind=kind,
        recipient=recipient,
        subject=subject,
        body=body,
        organisation=organisation,
        registration=registration,
        session=session,
        rule=rule,
        slot=slot,
        mailing=mailing,
        calendar=calendar,
        calendar_method=calendar_method,
    )
    fields = {
        field.attname: getattr(message, field.attname)
        for field in Message._meta.concrete_fields
        if field.attname not in ("id", "key")
    }
    with transaction.atomic(savepoint=False):
        message, created = Message.objects.get_or_create(key=key, defaults=fields)
        if created and message.state == State.QUEUED:
            wake_worker()
    return message if created else None


def draft(
    *,
    recipient: str,
    subject: str,
    body: str,
    registration: Registration | None = None,
    session: Session | None = None,
    **fields: Any,
) -> Message:
    """A message as it would be queued, not stored: headers on one line, an address that mail can reach."""
    now = timezone.now()
    possible = is_usable(recipient)
    session_id = session.pk if session else registration.session_id if registration else None
    return Message(
        recipient=recipient if possible else mails.one_line(recipient)[:254],
        subject=mails.one_line(subject)[:200],
        body=mails.clean_text(body),
        registration=registration,
        session_id=session_id,
        state=State.QUEUED if possible else State.DROPPED if is_nobody(recipient) else State.FAILED,
        last_error="" if possible else IMPOSSIBLE,
        next_try_at=now,
        created_at=now,
        **fields,
    )


def queue_many(messages: Sequence[Message], *, skip_known: bool = True) -> None:
    """Write drafts in the caller's transaction, waking the worker once.

    A key queued before is skipped, or with ``skip_known=False`` raises ``IntegrityError``.
    """
    with transaction.atomic(savepoint=False):
        Message.objects.bulk_create(messages, ignore_conflicts=skip_known)
        if any(message.state == State.QUEUED for message in messages):
            wake_worker()


def retry(*, message: Message, by: User) -> Message:
    """Send again what failed, or at once what waits for its next try, to the person's address of today.

    Raises ``DomainError`` when there is nothing to send again.
    """
    with transaction.atomic():
        rows = Message.objects.select_for_update(no_key=True, of=("self",))
        related = ("registration__session__activity", "rule", "slot")
        stored = rows.select_related(*related).get(pk=message.pk)
        if stored.state not in (State.FAILED, State.QUEUED):
            raise DomainError(NOT_AGAIN[State(stored.state)])
        if not still_applies(stored, now=timezone.now()):
            raise DomainError("Ce message n’a plus d’objet : il ne s’envoie plus.")
        if stored.registration:
            stored.recipient = stored.registration.email
        if not is_usable(stored.recipient):
            raise DomainError("Cette adresse ne peut recevoir aucun message : corrigez-la d’abord.")
        before = stored.state
        stored.state, stored.attempts, stored.next_try_at = State.QUEUED, 0, timezone.now()
        stored.save(update_fields=["recipient", "state", "attempts", "next_try_at"])
        log(instance=stored, action="escale.retry", user=by, data={"before": before})
        wake_worker()
        return stored


def deliver_due(
    *, now: datetime | None = None, limit: int = 100, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due, oldest first; returns how many were sent. One bad message stops no other.

    ``stopping`` is asked before each message, for a worker that was told to end.
    """
    free_stuck_messages(now=now)
    sent = strikes = 0
    for _ in range(limit):
        if strikes == STRIKES or stopping():
            break
        message = _claim(now or timezone.now())
        if message is None:
            break
        error = _deliver(message)
        sent += message.state == State.SENT
        strikes += smtp_errors.is_unreachable(error)
    return sent


def free_stuck_messages(*, now: datetime | None = None) -> int:
    """Put back the messages whose worker died; returns how many."""
    now = now or timezone.now()
    stuck = Message.objects.filter(state=State.SENDING, locked_until__lt=now)
    return stuck.update(state=State.QUEUED, locked_until=None, next_try_at=now)


@task()
def deliver_messages() -> int:
    """The worker's wake-up: send what is due, and ask for another turn if some is left.

    When nothing could be sent, what is left waits for the next ``run_due``: no turn after turn
    against a mail server that is down.
    """
    sent = deliver_due()
    if sent and Message.objects.filter(state=State.QUEUED, next_try_at__lte=timezone.now()).exists():
        with transaction.atomic():
            wake_worker()
    return sent


def wake_worker() -> None:
    """Enqueue one wake-up with the current transaction.

    A waiting one is reused, and held: the worker passes over it until we commit, so it cannot run
    too early to see our message.
    """
    if not isinstance(deliver_messages.get_backend(), DatabaseBackend):
        transaction.on_commit(deliver_messages.enqueue)
        return
    waiting = DBTaskResult.objects.ready().filter(task_path=deliver_messages.module_path)
    if waiting.select_for_update(skip_locked=True).order_by().first() is None:
        deliver_messages.enqueue()


def still_applies(message: Message, *, now: datetime) -> bool:
    """Whether the message still makes sense: news of a place is dropped once it changed or is over."""
    if message.kind == rule_audience.RULE:
        return rule_audience.still_applies(message, now=now)
    if message.kind == sheet_reminders.KIND:
        return sheet_reminders.still_applies(message, now=now)
    if message.kind == attendee_mails.KIND:
        return attendee_mails.still_applies(message)
    if message.kind in survey_mails.DROPPABLE:
        return survey_mails.still_applies(message, now=now)
    if message.kind not in BEFORE_THE_SESSION or message.registration is None:
        return True
    if message.registration.state != ONLY_WHILE.get(message.kind, message.registration.state):
        return False
    return message.registration.session.ends_at > now


def _claim(now: datetime) -> Message | None:
    """Take the oldest due message for ourselves; what another worker takes meanwhile is skipped."""
    due = Message.objects.filter(state=State.QUEUED, next_try_at__lte=now).order_by("next_try_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:20]):
        with transaction.atomic(durable=True):
            claimed = (
                due.filter(pk=pk)
                .order_by()
                .update(state=State.SENDING, locked_until=timezone.now() + LOCK, attempts=F("attempts") + 1)
            )
        if claimed:
            related = ("organisation", "registration__session__activity", "rule", "slot")
            return Message.objects.select_related(*related).get(pk=pk)
    return None


def _deliver(message: Message) -> Exception | None:
    """Send a claimed message and note what came of it."""
    error: Exception | None = None
    try:
        if not still_applies(message, now=timezone.now()):
            _settle(message, state=State.DROPPED)
            return None
        if mails.build(message, html=survey_mails.html(message)).send() != 1:
            raise smtplib.SMTPException
    except Exception as exception:  # noqa: BLE001 one poisoned message must not stop the others
        error = exception
    if error is None:
        _settle(message, state=State.SENT, sent_at=timezone.now(), last_error="")
    else:
        _retry_or_give_up(message, error)
    return error


def _retry_or_give_up(message: Message, error: Exception) -> None:
    described = smtp_errors.describe(error)
    if smtp_errors.is_refused_for_good(error) or message.attempts > len(BACK_OFF):
        logger.error("Message %s given up after %s tries: %s", message.pk, message.attempts, described)
        _settle(message, state=State.FAILED, last_error=described)
        return
    logger.warning("Message %s not sent at try %s: %s", message.pk, message.attempts, described)
    wait = BACK_OFF[message.attempts - 1] * random.uniform(1, 1.2)  # noqa: S311 spreads the retries
    next_try_at = timezone.now() + timedelta(minutes=wait)
    _settle(message, state=State.QUEUED, last_error=described, next_try_at=next_try_at)


def _settle(message: Message, *, state: State, **fields: object) -> None:
    """Write the outcome, unless the message was freed and taken by another worker meanwhile."""
    message.state = state
    with transaction.atomic(durable=True):
        ours = Message.objects.filter(pk=message.pk, state=State.SENDING, locked_until=message.locked_until)
        ours.update(state=state, locked_until=None, **fields)
