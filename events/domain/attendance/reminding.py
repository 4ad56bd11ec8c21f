"""A sheet that nobody closed: who leads is reminded, or the organisation if no leader has an account.

Certificates and the survey wait for it. Three mails at most per session and day of it, at decent hours.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from common import moments
from events.access import LEADING
from events.domain import layout
from events.domain.mails import absolute
from events.domain.outbox import draft, queue_many
from events.domain.people import not_erased
from events.domain.sheet_reminders import KIND
from events.models import Message, Registration, Session, SessionRole, Slot
from members.models import User

# Days after the slot, each until the next one; a week after the last, nobody is reminded any more.
DAYS = (1, 4, 10)
OVER = DAYS[-1] + 7
MORNING, EVENING = time(9), time(20)

Due = tuple[Session, date, list[Slot], int]


def remind_open_sheets(*, now: datetime | None = None) -> int:
    """Queue what is due now; returns how many mails. Repeating it is harmless."""
    now = now or timezone.now()
    if not MORNING <= timezone.localtime(now).time() < EVENING:
        return 0
    due = list(_due(now))
    leaders = _leaders({session.pk for session, *_ in due})
    drafts = [
        (draft_, reader)
        for session, day, slots, number in due
        for draft_, reader in _drafts(session, day, slots, number, leaders[session.pk])
    ]
    keys = [each.key for each, _reader in drafts]
    known = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [(each, reader) for each, reader in drafts if each.key not in known]
    return _queue(fresh) if fresh else 0


def _queue(drafts: Sequence[tuple[Message, int | None]]) -> int:
    with transaction.atomic():
        standing = not_erased({reader for _each, reader in drafts if reader is not None})
        told = [each for each, reader in drafts if reader is None or reader in standing]
        queue_many(told)
    return len(told)


def _due(now: datetime) -> Iterator[Due]:
    today = timezone.localdate(now)
    for (_session, day), slots in _open(now).items():
        number = next((each for each in reversed(DAYS) if (today - day).days >= each), None)
        if number is not None and (today - day).days < OVER:
            yield slots[0].session, day, slots, number


def _open(now: datetime) -> dict[tuple[int, date], list[Slot]]:
    """By session and day; a session for which nobody is confirmed needs no sheet."""
    expected = Registration.objects.filter(session=OuterRef("session"), state=Registration.State.CONFIRMED)
    slots = Slot.objects.filter(
        Exists(expected),
        ends_at__lte=now,
        ends_at__gt=now - timedelta(days=OVER + 1),
        sheets=None,
        session__status=Session.Status.PUBLISHED,
        session__imported=False,
    ).select_related("session__activity__organisation")
    found = defaultdict(list)
    for slot in slots.order_by("session", "starts_at", "pk"):
        found[slot.session_id, timezone.localdate(slot.ends_at)].append(slot)
    return found


def _leaders(sessions: Iterable[int]) -> dict[int, list[User]]:
    roles = SessionRole.objects.filter(
        session__in=sessions, role__in=LEADING, user__is_active=True, user__erased_at=None
    ).select_related("user")
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for role in roles.order_by("pk"):
        if role.user is not None:
            found[role.session_id][role.user.pk] = role.user
    return defaultdict(list, {pk: list(users.values()) for pk, users in found.items()})


def _drafts(
    session: Session, day: date, slots: list[Slot], number: int, leaders: list[User]
) -> Iterator[tuple[Message, int | None]]:
    """Each with the account that it names, if any."""
    organisation = session.activity.organisation
    readers: list[tuple[int | None, str, str]] = [(user.pk, user.email, user.first_name) for user in leaders]
    for who, address, first_name in readers or [(None, organisation.email, "")]:
        message = draft(
            key=f"{KIND}:{session.pk}:{day:%Y%m%d}:{number}:{who or 'organisation'}",
            kind=KIND,
            recipient=address,
            subject=f"Feuille d’émargement à clore : {session.activity.title}",
            body=_body(session, slots, first_name),
            organisation=organisation,
            session=session,
            slot=slots[0],
        )
        yield message, who


def _body(session: Session, slots: list[Slot], first_name: str) -> str:
    sheets = [
        (
            moments.span(slot.starts_at, slot.ends_at),
            absolute(reverse("events:attendance", args=[slot.pk])),
        )
        for slot in slots
    ]
    context = {
        "first_name": first_name,
        "organisation": session.activity.organisation,
        "title": layout.title(session),
        "sheets": sheets,
    }
    return layout.wrap(render_to_string("events/mail/sheet_open.txt", context))
