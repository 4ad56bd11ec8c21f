"""Queueing what message rules say: at once for a registration, each minute for what is due.

Nothing is queued ahead of its moment, so a session that moves or is cancelled leaves nothing stale.
The number of queries follows the moments that rules wait for and the thousands of slots that are near,
never the organisations, the rules nor the people.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from common.outages import is_busy
from common.prepared import Prepared
from events.domain import layout, outbox, placeholders
from events.domain.rule_audience import MARKED, RULE, STATES, RuleBook, all_rules, attended
from events.domain.rule_schedule import due_at, is_due, key, narrowed, speaks_for_its_day, window
from events.models import Attendance, Mailing, Message, MessageRule, Registration, Session, Slot

logger = logging.getLogger(__name__)
Moment, Audience = MessageRule.Moment, MessageRule.Audience
State = Registration.State

AT_ONCE = {State.CONFIRMED: Audience.CONFIRMED, State.WAITLISTED: Audience.WAITING}
RULES_AT_ONCE = Prepared(
    lambda organisation: MessageRule.objects.filter(
        Q(active=True) | Q(adjusts__isnull=False),
        organisation=organisation,
        moment=Moment.REGISTRATION,
        audience__in=sorted(AT_ONCE.values()),
    )
)
SESSIONS_AT_ONCE, SLOTS_AT_ONCE, MESSAGES_AT_ONCE = 2000, 2000, 200
NEVER = datetime.max.replace(tzinfo=UTC)
# Of what was owed before the last pass that looked at everything, nothing new is expected but what a change
# brings: everything is looked at again after so long. A transaction may be open for that long as well.
LOOKED, LOOK_AGAIN, OVERLAP = "rules-looked-at-all", timedelta(minutes=10), timedelta(minutes=10)
T = TypeVar("T")


class Text(TypedDict):
    subject: str
    body: str


@dataclass(frozen=True)
class Owed:
    """One message that ``rule`` owes to a registration, about ``slot``."""

    rule: MessageRule
    slot: Slot
    registration_id: int
    key: str
    due_at: datetime


def on_registrations(registrations: Sequence[Registration], *, session: Session) -> None:
    """Queue what the rules say to people of ``session`` who are now confirmed, or wait.

    In the caller's transaction; one query when the organisation has no such rule.
    """
    if messages := said_to(registrations, session=session):
        outbox.queue_many(messages)


def rules_at_once(session: Session) -> list[MessageRule]:
    """What the organisation says to whoever registers: at most one query, before anything is held."""
    return RULES_AT_ONCE(session.activity.organisation_id)


def said_to(
    registrations: Sequence[Registration], *, session: Session, rules: Sequence[MessageRule] | None = None
) -> list[Message]:
    """What ``on_registrations`` queues, not stored; ``rules`` are ``rules_at_once`` if just read."""
    meant = {each.pk: AT_ONCE[State(each.state)] for each in registrations if each.state in AT_ONCE}
    if not meant:
        return []
    rules = rules_at_once(session) if rules is None else rules
    if not rules:
        return []
    if session.messages_paused or session.ends_at <= timezone.now():
        return []
    holding = RuleBook(rules).holding(
        organisation_id=session.activity.organisation_id, activity_id=session.activity_id
    )
    messages = []
    for registration in registrations:
        registration.session = session
        messages += [
            outbox.draft(
                key=f"{key(rule, session_id=session.pk, slot=None)}{registration.pk}",
                kind=RULE,
                recipient=registration.email,
                organisation=session.activity.organisation,
                registration=registration,
                rule=rule,
                **written(rule, registration, slot=None),
            )
            for rule in holding
            if rule.audience == meant.get(registration.pk)
        ]
    return messages


def queue_due(*, now: datetime | None = None) -> int:
    """Queue what the rules owe at this minute; returns how many messages. Repeating it is harmless.

    Whoever registered, was promoted or told of a change after the moment of a reminder knows already:
    no reminder for them. What a worker missed while it was down is caught up (``rule_schedule.is_due``).

    Every ten minutes it looks at all that may be owed; between two of those, only at the moments since the
    last one. Its hour is noted once all of it is committed, and nothing failed: a note that is lost, too
    old, or of a clock that was set back, costs a whole look and no message.
    """
    now = now or timezone.now()
    since = _looked_until(now)
    book = all_rules()
    due = list(_due(book, now, since))
    queued = failed = 0
    for part in _parts(due, SLOTS_AT_ONCE):
        for batch in _parts(_owed(part), MESSAGES_AT_ONCE):
            written_now = _write_apart(batch)
            queued += written_now
            failed += len(batch) - written_now
    if since is None and not failed:
        transaction.on_commit(lambda: cache.set(LOOKED, now, LOOK_AGAIN.total_seconds()))
    return queued


def look_at_all() -> None:
    """The next pass does, once what the caller changed is committed."""
    transaction.on_commit(lambda: cache.delete(LOOKED))


def _looked_until(now: datetime) -> datetime | None:
    """Everything that was owed before was queued; None where nobody knows."""
    looked = cache.get(LOOKED)
    if not isinstance(looked, datetime) or not looked <= now < looked + LOOK_AGAIN:
        return None
    return looked - OVERLAP


def _write_apart(batch: Sequence[Owed]) -> int:
    """All at once, or where that fails rule by rule: one that cannot be written keeps no other back."""
    by_rule: dict[int, list[Owed]] = defaultdict(list)
    for each in batch:
        by_rule[each.rule.pk].append(each)
    try:
        return _write(batch)
    except Exception as error:  # its text may name somebody
        if is_busy(error):
            raise
        if len(by_rule) == 1:
            logger.error("Message rule %s: %s", batch[0].rule.pk, type(error).__name__)
            return 0
    return sum(_write_apart(owed) for owed in by_rule.values())


def written(
    text: MessageRule | Mailing, registration: Registration, *, slot: Slot | None, link: str | None = None
) -> Text:
    """Subject and body for one person, as they leave."""
    subject = placeholders.fill(text.subject, registration=registration, slot=slot, link=link)
    body = placeholders.fill(text.body, registration=registration, slot=slot, link=link)
    return {"subject": subject, "body": layout.wrap(body)}


def _due(book: RuleBook, now: datetime, since: datetime | None) -> Iterator[tuple[MessageRule, Slot]]:
    """The rules that speak now, each with the slot that it speaks of; of moments from ``since`` on, if told.

    A mark may come long after the moment: who speaks to the present or the absent always looks at all.
    """
    always = book.spoken(audiences=MARKED) if since else set()
    near = {
        spoken: _near(*spoken, now, None if spoken in always else since) for spoken in sorted(book.spoken())
    }
    places = _places({slot.session_id for slots in near.values() for slot in slots})
    found = []
    for (moment, days), slots in near.items():
        for slot in slots:
            if slot.session_id not in places:
                continue
            activity, organisation = places[slot.session_id]
            found += [
                (rule, slot)
                for rule in book.holding(organisation_id=organisation, activity_id=activity)
                if (rule.moment, rule.days) == (moment, days) and is_due(rule, slot, now)
            ]
    siblings = defaultdict(list)
    for part in _parts(sorted({slot.session_id for _rule, slot in found}), SESSIONS_AT_ONCE):
        for slot in Slot.objects.filter(session__in=part):
            siblings[slot.session_id].append(slot)
    for rule, slot in found:
        if speaks_for_its_day(rule.moment, slot, siblings[slot.session_id]):
            yield rule, slot


def _near(moment: str, days: int, now: datetime, since: datetime | None) -> list[Slot]:
    """The slots whose moment may be now, by their hour alone: an index finds them."""
    edge = "starts_at" if moment == Moment.BEFORE else "ends_at"
    between = window(moment, days, now)
    first, last = between if since is None else narrowed(moment, days, between, since)
    slots = Slot.objects.filter(**{f"{edge}__gte": first, f"{edge}__lte": last}).order_by(edge, "pk")
    if since is None:
        return list(slots)
    spoken = MessageRule(moment=moment, days=days)
    return [slot for slot in slots if since <= due_at(spoken, slot) <= now]


def _places(sessions: set[int]) -> dict[int, tuple[int, int]]:
    """Activity and organisation of those sessions of which rules may speak."""
    found: dict[int, tuple[int, int]] = {}
    for part in _parts(sorted(sessions), SESSIONS_AT_ONCE):
        rows = Session.objects.filter(
            pk__in=part, status=Session.Status.PUBLISHED, messages_paused=False, imported=False
        )
        for pk, activity, organisation in rows.order_by().values_list(
            "pk", "activity_id", "activity__organisation_id"
        ):
            found[pk] = (activity, organisation)
    return found


def _owed(due: Sequence[tuple[MessageRule, Slot]]) -> list[Owed]:
    """Who has not been told yet, among those whom each rule means."""
    sessions = {slot.session_id for _rule, slot in due}
    done = set(Message.objects.filter(session__in=sessions, rule__isnull=False).values_list("key", flat=True))
    people = defaultdict(list)
    for pk, session, state in (
        Registration.objects.filter(session__in=sessions, state__in=set(STATES.values()))
        .exclude(source=Registration.Source.IMPORT)
        .order_by("pk")
        .values_list("pk", "session_id", "state")
    ):
        people[session, state].append(pk)
    before: list[Owed] = []
    after: list[Owed] = []
    for rule, slot in due:
        moment = due_at(rule, slot)
        some = after if rule.moment == Moment.AFTER else before
        prefix = key(rule, session_id=slot.session_id, slot=slot)
        for pk in people[slot.session_id, STATES[Audience(rule.audience)]]:
            if (own := f"{prefix}{pk}") not in done:
                some.append(Owed(rule, slot, pk, own, moment))
    return [*_untold(_there(before)), *_attended(after)]


def _there(owed: Sequence[Owed]) -> list[Owed]:
    """Without those who came after the moment of the reminder, or whose place changed then.

    Asked of the few who are left: minute after minute, nearly everybody has been told already.
    """
    since: dict[int, datetime] = {}
    for part in _parts(sorted({each.registration_id for each in owed}), SESSIONS_AT_ONCE):
        rows = Registration.objects.filter(pk__in=part).order_by()
        for pk, *times in rows.values_list("pk", "registered_at", "state_changed_at"):
            since[pk] = max(times)
    return [each for each in owed if since.get(each.registration_id, NEVER) <= each.due_at]


def _untold(owed: Sequence[Owed]) -> list[Owed]:
    """Without those whom a notice of ours told of the session after the moment of the reminder."""
    notices = Message.objects.filter(
        registration__in={each.registration_id for each in owed}, rule__isnull=True, mailing__isnull=True
    )
    told = dict(notices.order_by().values_list("registration").annotate(Max("created_at"))) if owed else {}
    return [each for each in owed if told.get(each.registration_id, each.due_at) <= each.due_at]


def _attended(owed: Sequence[Owed]) -> list[Owed]:
    """Without those whose marks of that day are not what the rule asks for."""
    asking = {each.slot.session_id for each in owed if each.rule.audience in MARKED}
    marks = defaultdict(list)
    for registration, starts_at, state in (
        Attendance.objects.filter(slot__session__in=asking).values_list(
            "registration", "slot__starts_at", "state"
        )
        if asking
        else ()
    ):
        marks[registration, timezone.localdate(starts_at)].append(state)
    return [
        each
        for each in owed
        if attended(
            audience=each.rule.audience,
            marks=marks[each.registration_id, timezone.localdate(each.slot.starts_at)],
        )
    ]


def _write(batch: Sequence[Owed]) -> int:
    rules = MessageRule.objects.in_bulk({each.rule.pk for each in batch})
    sessions = (
        Session.objects.select_related("activity__organisation")
        .prefetch_related("slots")
        .in_bulk({each.slot.session_id for each in batch})
    )
    people = Registration.objects.in_bulk({each.registration_id for each in batch})
    messages = []
    for each in batch:
        registration, session = people[each.registration_id], sessions[each.slot.session_id]
        registration.session = session
        messages.append(
            outbox.draft(
                key=each.key,
                kind=RULE,
                recipient=registration.email,
                organisation=session.activity.organisation,
                registration=registration,
                rule=rules[each.rule.pk],
                slot=each.slot,
                **written(rules[each.rule.pk], registration, slot=each.slot),
            )
        )
    outbox.queue_apart(messages)
    return len(messages)


def _parts(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
