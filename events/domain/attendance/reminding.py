"""A sheet that nobody closed: who leads is reminded, or the organisation if no leader has an account.

Certificates and the survey wait for it. Three mails at most per session and day of it, at decent hours.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from common import moments
from events.access import LEADING
from events.domain import layout
from events.domain.mails import absolute
from events.domain.outbox import draft, queue_many
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
        draft_
        for session, day, slots, number in due
        for draft_ in _drafts(session, day, slots, number, leaders[session.pk])
    ]
    known = set(Message.objects.filter(key__in=[each.key for each in drafts]).values_list("key", flat=True))
    fresh = [each for each in drafts if each.key not in known]
    if fresh:
        queue_many(fresh)
    return len(fresh)


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
) -> Iterator[Message]:
    organisation = session.activity.organisation
    readers = [(str(user.pk), user.email, user.first_name) for user in leaders]
    for who, address, first_name in readers or [("organisation", organisation.email, "")]:
        yield draft(
            key=f"{KIND}:{session.pk}:{day:%Y%m%d}:{number}:{who}",
            kind=KIND,
            recipient=address,
            subject=f"Feuille d’émargement à clore : {session.activity.title}",
            body=_body(session, slots, first_name),
            organisation=organisation,
            session=session,
            slot=slots[0],
        )


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
