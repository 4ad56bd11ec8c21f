"""Which rules hold for an activity, and to whom a rule speaks."""

from collections.abc import Container, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from events.domain import rule_schedule
from events.models import Attendance, Message, MessageRule, Registration, Session, Slot
from events.models.attendance import CAME

State = Registration.State
Moment, Audience = MessageRule.Moment, MessageRule.Audience

RULE = "rule"  # the kind of the messages that rules write
# The state that a person is in; somebody present or absent had a place.
STATES = {
    Audience.CONFIRMED: State.CONFIRMED,
    Audience.WAITING: State.WAITLISTED,
    Audience.PRESENT: State.CONFIRMED,
    Audience.ABSENT: State.CONFIRMED,
}
MARKED = (Audience.PRESENT, Audience.ABSENT)


class RuleBook:
    """The rules of one organisation or of all, and what each says for an activity."""

    def __init__(self, rules: Iterable[MessageRule]) -> None:
        rules = list(rules)
        self.base: dict[int, list[MessageRule]] = {}
        self.adjusted = {(rule.adjusts_id, rule.activity_id): rule for rule in rules if rule.adjusts_id}
        for rule in rules:
            if rule.adjusts_id is None and rule.active:
                self.base.setdefault(rule.organisation_id, []).append(rule)

    def holding(self, *, organisation_id: int, activity_id: int) -> list[MessageRule]:
        """The active rules for that activity; one that is adapted to it stands for the one it adapts.

        A rule switched off is off everywhere, whatever its adaptations say.
        """
        found = []
        for base in self.base.get(organisation_id, ()):
            if base.activity_id not in (None, activity_id):
                continue
            rule = self.adjusted.get((base.pk, activity_id), base)
            if rule.active:
                # A moment that was over when either was switched on stays unspoken.
                rule.active_since = max(rule.active_since, base.active_since)
                found.append(rule)
        return found

    def spoken(self, *, audiences: Container[str] = tuple(Audience)) -> set[tuple[str, int]]:
        """The moments and numbers of days that some rule waits for, among those to ``audiences``."""
        active = [rule for rules in self.base.values() for rule in rules]
        active += [rule for rule in self.adjusted.values() if rule.active]
        return {
            (rule.moment, rule.days)
            for rule in active
            if rule.moment != Moment.REGISTRATION and rule.audience in audiences
        }


def rules_of(*, organisation_id: int) -> RuleBook:
    return RuleBook(MessageRule.objects.filter(_speaks(), organisation=organisation_id))


def all_rules() -> RuleBook:
    """Without their texts, which only those that are due need."""
    return RuleBook(MessageRule.objects.filter(_speaks()).defer("subject", "body"))


def _speaks() -> Q:
    return Q(active=True) | Q(adjusts__isnull=False)


def attended(*, audience: str, marks: Iterable[str]) -> bool:
    """Whether somebody with those ``marks`` on one day is whom ``audience`` means.

    Present: came to a slot of that day. Absent: marked, and came to none. Without marks: neither.
    """
    if audience not in MARKED:
        return True
    marks = set(marks)
    came = bool(marks & set(CAME))
    return came if audience == Audience.PRESENT else Attendance.State.ABSENT in marks and not came


def still_applies(message: Message, *, now: datetime) -> bool:
    """Asked again when the message leaves: the rule, the session, its date, the person's state and marks."""
    registration, rule, slot = message.registration, message.rule, message.slot
    if registration is None or rule is None:
        return False
    session = registration.session
    if session.status != Session.Status.PUBLISHED or session.messages_paused:
        return False
    activity = session.activity
    holding = rules_of(organisation_id=activity.organisation_id).holding(
        organisation_id=activity.organisation_id, activity_id=activity.pk
    )
    root = rule.adjusts_id or rule.pk
    current = next((each for each in holding if (each.adjusts_id or each.pk) == root), None)
    if current is None or registration.state != STATES[Audience(current.audience)]:
        return False
    if current.moment != rule.moment or not _is_on_time(current, session, slot, now):
        return False
    expected = f"{rule_schedule.key(current, session_id=session.pk, slot=slot)}{registration.pk}"
    return message.key == expected and _still_attended(current, registration, slot)


def _is_on_time(rule: MessageRule, session: Session, slot: Slot | None, now: datetime) -> bool:
    if rule.moment == Moment.REGISTRATION:
        return session.ends_at > now
    if slot is None:
        return False
    return slot.starts_at > now if rule.moment == Moment.BEFORE else slot.ends_at <= now


def _still_attended(rule: MessageRule, registration: Registration, slot: Slot | None) -> bool:
    if rule.audience not in MARKED or slot is None:
        return True
    day = timezone.localdate(slot.starts_at)
    marks = registration.attendances.values_list("slot__starts_at", "state")
    return attended(
        audience=rule.audience,
        marks=[state for starts_at, state in marks if timezone.localdate(starts_at) == day],
    )
