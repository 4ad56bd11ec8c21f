"""A one-off message that a coordinator writes to some people of a session."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import outbox, placeholders
from events.domain.people import still_theirs
from events.domain.rule_audience import MARKED, attended
from events.domain.rule_queue import written
from events.models import ACTIVE_STATES, Mailing, Message, MessageRule, Registration, Session
from members.emails import normalise_email
from members.models import User

Audience = MessageRule.Audience
KIND, TRIAL = "mailing", "trial"
HIDDEN_LINK = "(ici, le lien personnel de chaque personne)"
State = Registration.State
# What a coordinator chooses from, in this order.
GROUPS = {
    State.CONFIRMED.value: "Confirmées",
    State.WAITLISTED.value: "En liste d’attente",
    State.PENDING.value: "À valider",
    State.OFFERED.value: "Place proposée",
    Audience.PRESENT.value: "Présentes",
    Audience.ABSENT.value: "Absentes",
    State.EXPIRED.value: "Proposition expirée",
    State.DECLINED.value: "Refusées",
    State.WITHDRAWN.value: "Désistées",
    State.CANCELLED.value: "Annulées",
}
NOBODY = "Choisissez au moins une personne."
ERASED = "Les données de ces personnes viennent d’être effacées : rechargez la page."


def send(
    *,
    session: Session,
    registrations: Sequence[Registration],
    subject: str,
    body: str,
    by: User,
    once: str = "",
) -> Mailing:
    """Queue ``body`` for those people of ``session``, one mail per address, filled in for each.

    ``once`` is what the form was given: sending it again, as a double click does, sends nothing and
    returns what was sent. Raises ``DomainError`` naming the field.
    """
    once = once or new_once()
    check(subject=subject, body=body)
    people = addressees(registrations)
    if not people:
        raise DomainError(NOBODY, field="registrations")
    if any(one.session_id != session.pk for one in people):
        raise DomainError("Une de ces personnes n’est pas inscrite à cette session.", field="registrations")
    mailing, messages = _drafted(session, people, subject, body, by, once)
    try:
        with transaction.atomic():
            return _sent(once) or _store(mailing, messages)
    except IntegrityError:
        # The same click, at the same instant, in another process: theirs stands.
        standing = _sent(once)
        if standing is None:
            raise
        return standing


def send_trial(*, session: Session, registration: Registration, subject: str, body: str, by: User) -> Message:
    """Send to the coordinator what ``registration`` would read, without the link that is theirs alone."""
    check(subject=subject, body=body)
    registration.session = session
    text = Mailing(subject=subject, body=body)
    said = written(text, registration, slot=None, link=HIDDEN_LINK)
    with transaction.atomic():
        if not still_theirs([registration]):
            raise DomainError(ERASED, field="registrations")
        message = outbox.queue(
            key=f"trial:{new_once()}",
            kind=TRIAL,
            recipient=by.email,
            organisation=session.activity.organisation,
            session=session,
            **said,
        )
    assert message is not None  # noqa: S101 its key is new
    return message


def people_of(session: Session) -> list[Registration]:
    """Everybody who registered, whatever came of it, with the marks of their attendance; by name."""
    people = session.registrations.order_by("last_name", "first_name", "pk")
    return list(people.prefetch_related("attendances"))


def groups(people: Sequence[Registration]) -> dict[str, list[Registration]]:
    """Who is in each state, and who came to at least one slot or to none, as far as it was noted."""
    found: dict[str, list[Registration]] = {code: [] for code in GROUPS}
    for one in people:
        found[one.state].append(one)
        marks = [mark.state for mark in one.attendances.all()]
        for audience in MARKED:
            if attended(audience=audience, marks=marks):
                found[audience].append(one)
    return found


def new_once() -> str:
    """What makes one click itself and no other."""
    return secrets.token_hex(16)


def check(*, subject: str, body: str) -> None:
    if not subject.strip():
        raise DomainError("Indiquez l’objet.", field="subject")
    if not body.strip():
        raise DomainError("Écrivez le texte.", field="body")
    placeholders.check(subject=subject, body=body)


def addressees(registrations: Sequence[Registration]) -> list[Registration]:
    """One registration per address, the one that still counts first; in their order."""
    kept: dict[str, Registration] = {}
    for one in sorted(registrations, key=lambda each: each.state not in ACTIVE_STATES):
        kept.setdefault(normalise_email(one.email), one)
    chosen = {one.pk for one in kept.values()}
    return [one for one in registrations if one.pk in chosen]


def _drafted(
    session: Session, people: Sequence[Registration], subject: str, body: str, by: User, once: str
) -> tuple[Mailing, list[Message]]:
    """Composed before anything is held."""
    organisation = session.activity.organisation
    prefetch_related_objects([session], "slots")
    mailing = Mailing(
        organisation=organisation,
        session=session,
        subject=subject.strip(),
        body=body,
        by=by,
        created_at=timezone.now(),
    )
    messages = []
    for one in people:
        one.session = session
        messages.append(
            outbox.draft(
                key=_key(once, one),
                kind=KIND,
                recipient=one.email,
                organisation=organisation,
                registration=one,
                **written(mailing, one, slot=None),
            )
        )
    return mailing, messages


def _store(mailing: Mailing, messages: Sequence[Message]) -> Mailing:
    """Without those who were erased meanwhile."""
    theirs = still_theirs([message.registration for message in messages if message.registration])
    told = [message for message in messages if message.registration_id in theirs]
    if not told:
        raise DomainError(ERASED, field="registrations")
    mailing.recipients = len(told)
    mailing.save(force_insert=True)
    for message in told:
        message.mailing = mailing
    outbox.queue_many(told, skip_known=False)
    data: dict[str, Any] = {"mailing": mailing.pk, "recipients": len(told)}
    log(instance=mailing.session, action="escale.message", user=mailing.by, data=data)
    return mailing


def _sent(once: str) -> Mailing | None:
    return Mailing.objects.filter(messages__key__startswith=f"mailing:{once}:").first()


def _key(once: str, registration: Registration) -> str:
    return f"mailing:{once}:{registration.pk}"
