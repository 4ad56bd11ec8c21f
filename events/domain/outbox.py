"""The outbox: messages are rows, written in the transaction that owes them and sent by a worker.

``queue`` writes and wakes the worker; ``delivery`` sends what is due.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max
from wagtail.log_actions import log

from common.errors import DomainError
from common.prepared import MOMENT, Prepared
from common.prepared_insert import PreparedInsert
from events.domain import mails
from events.domain.delivery import deliver_due, free_stuck_messages
from events.domain.people import still_theirs
from events.domain.relevance import still_applies
from events.models import Mailing, Message, MessageRule, Registration, Session, Slot
from events.models.message import SURVEY_KINDS, UNSENT
from members.emails import is_nobody, is_usable
from members.models import Organisation, User

__all__ = [
    "deliver_due",
    "deliver_messages",
    "draft",
    "free_stuck_messages",
    "queue",
    "queue_apart",
    "queue_many",
    "retry",
    "still_applies",
    "wake_worker",
]
State = Message.State

NO_LONGER = "Ce message n’a plus d’objet : il ne s’envoie plus."
SAYS_NOTHING = {"recipient": "", "subject": "Texte effacé", "body": "", "calendar": "", "last_error": ""}
IMPOSSIBLE = "adresse impossible"
NOT_AGAIN = {
    State.SENT: "Ce message est déjà parti.",
    State.SENDING: "Ce message est en train de partir.",
    State.DROPPED: NO_LONGER,
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


def queue_many(messages: Sequence[Message], *, skip_known: bool = True, awake: bool = False) -> None:
    """Write drafts in the caller's transaction, waking the worker once, unless it already did (``awake``).

    A key queued before is skipped, or with ``skip_known=False`` raises ``IntegrityError``.
    """
    with transaction.atomic(savepoint=False):
        if len(messages) == 1 and skip_known:
            STORE(messages[0])
        else:
            Message.objects.bulk_create(messages, ignore_conflicts=skip_known)
        if not awake and any(message.state == State.QUEUED for message in messages):
            wake_worker()


def queue_apart(messages: Sequence[Message]) -> None:
    """``queue_many`` in a transaction of its own, for people whose session nobody holds.

    What was drafted for somebody who is erased is kept as their erasure leaves the others: it says nothing.
    """
    with transaction.atomic():
        theirs = still_theirs([each.registration for each in messages if each.registration])
        for message in messages:
            if message.registration and message.registration_id not in theirs:
                message.state = State.DROPPED
                for name, value in SAYS_NOTHING.items():
                    setattr(message, name, value)
        queue_many(messages)


def retry(*, message: Message, by: User) -> Message:
    """Send again what failed, or at once what waits for its next try, to the person's address of today.

    Raises ``DomainError`` when there is nothing to send again.
    """
    with transaction.atomic():
        if message.registration and not still_theirs([message.registration]):
            raise DomainError(NO_LONGER)
        rows = Message.objects.select_for_update(no_key=True, of=("self",))
        related = ("registration__session__activity", "rule", "slot")
        stored = rows.select_related(*related).get(pk=message.pk)
        if stored.state not in (State.FAILED, State.QUEUED):
            raise DomainError(NOT_AGAIN[State(stored.state)])
        if not still_applies(stored, now=timezone.now()):
            raise DomainError(NO_LONGER)
        if stored.registration:
            stored.recipient = stored.registration.email
        if not is_usable(stored.recipient):
            raise DomainError("Cette adresse ne peut recevoir aucun message : corrigez-la d’abord.")
        before = stored.state
        stored.state, stored.attempts, stored.next_try_at = State.QUEUED, 0, timezone.now()
        stored.save(update_fields=["recipient", "state", "attempts", "next_try_at"])
        if not stored.kind.startswith(SURVEY_KINDS):  # who has answered gets none: no line tells them apart
            log(instance=stored, action="escale.retry", user=by, data={"before": before})
        wake_worker()
        return stored


@task()
def deliver_messages() -> int:
    """The worker's wake-up: send what is due, and ask for another turn if some is left.

    When nothing could be sent, what is left waits for the next ``run_due``: no turn after turn
    against a mail server that is down.
    """
    sent = deliver_due()
    if sent and Message.objects.filter(UNSENT, state=State.QUEUED, next_try_at__lte=timezone.now()).exists():
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
    if not WAKE_UPS(timezone.now()):
        deliver_messages.enqueue()


def _wake_ups(now: datetime) -> QuerySet[DBTaskResult]:
    """One that is ready (as ``ready()`` says) and that no worker is taking."""
    ready = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    waiting = DBTaskResult.objects.filter(
        ready, status=TaskResultStatus.READY, task_path=deliver_messages.module_path
    )
    return waiting.select_for_update(skip_locked=True).only("pk").order_by()[:1]


STORE = PreparedInsert(Message, skip_known=True)
WAKE_UPS = Prepared(_wake_ups, MOMENT)
