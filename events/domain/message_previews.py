"""A text as it would leave for a real person. Nothing is written."""

from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from events.domain import mails, outbox
from events.domain.links import without_tokens
from events.domain.rule_audience import STATES
from events.domain.rule_queue import written
from events.models import ACTIVE_STATES, Mailing, MessageRule, Registration, Session, Slot

Moment, Audience = MessageRule.Moment, MessageRule.Audience


@dataclass(frozen=True)
class Preview:
    """``registration`` is the person who would read ``mail``."""

    registration: Registration
    mail: EmailMultiAlternatives

    @property
    def text(self) -> str:
        """What is read, but for the tokens of the personal links: they are for that person alone."""
        return without_tokens(str(self.mail.body))

    @property
    def sender(self) -> str:
        return self.mail.from_email

    @property
    def reply_to(self) -> str:
        return ", ".join(self.mail.reply_to)


def preview(text: MessageRule | Mailing, *, registration: Registration, slot: Slot | None = None) -> Preview:
    """``text`` for that person, through the very code that sends."""
    message = outbox.draft(
        key="preview",
        kind="preview",
        recipient=registration.email,
        organisation=registration.session.activity.organisation,
        registration=registration,
        **written(text, registration, slot=slot),
    )
    return Preview(registration, mails.build(message))


def preview_rule(rule: MessageRule, *, session: Session) -> Preview | None:
    """For the first person whom ``rule`` means, or else anybody registered; None when nobody is."""
    people = session.registrations.filter(state__in=ACTIVE_STATES).order_by("registered_at", "pk")
    wanted = STATES[Audience(rule.audience)]
    registration = people.filter(state=wanted).first() or people.first()
    if registration is None:
        return None
    registration.session = session
    slot = None if rule.moment == Moment.REGISTRATION else _slot(rule, session)
    return preview(rule, registration=registration, slot=slot)


def _slot(rule: MessageRule, session: Session) -> Slot | None:
    slots = list(session.slots.all())
    if rule.moment == Moment.AFTER:
        return slots[-1] if slots else None
    now = timezone.now()
    return next((slot for slot in slots if slot.starts_at > now), slots[0] if slots else None)
