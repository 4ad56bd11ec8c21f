"""Whether a message that waits still makes sense: what a later event undid is dropped, not sent."""

from datetime import datetime

from events.domain import attendee_mails, rule_audience, sheet_reminders, survey_mails
from events.models import Message, Registration

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
