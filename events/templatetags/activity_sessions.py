"""The sessions that an activity's page shows; models stay free of what is public."""

from datetime import datetime

from django import template
from django.utils import timezone

from common.models import BasePage
from events.access import public_sessions, published_sessions
from events.domain.cards import cards
from events.models import ActivityPage, Session

register = template.Library()

PAST_SHOWN = 5
TOGETHER_SHOWN = 12


@register.simple_tag
def upcoming_sessions(activity: ActivityPage) -> list[Session]:
    """What is still to come, cancelled sessions included: who planned to come must find out."""
    return list(public_sessions().filter(activity=activity.pk).upcoming())


@register.filter
def first_to_come(sessions: list[Session]) -> Session | None:
    """The next that one may still come to: neither cancelled nor begun."""
    now = timezone.now()
    still = (one for one in sessions if one.status == Session.Status.PUBLISHED and one.starts_at > now)
    return next(still, None)


@register.filter
def takes_names(session: Session) -> bool:
    return _is_open(session, timezone.now())


@register.filter
def open_now(sessions: list[Session]) -> list[Session]:
    """Those that one may register to now, seat or waiting list."""
    now = timezone.now()
    return [each for each in sessions if _is_open(each, now)][:TOGETHER_SHOWN]


def _is_open(session: Session, now: datetime) -> bool:
    begun = session.starts_at <= now or (session.closes_at and session.closes_at <= now)
    waits = session.opens_at and session.opens_at > now
    return session.status == Session.Status.PUBLISHED and not begun and not waits


@register.simple_tag
def past_sessions(activity: ActivityPage) -> list[Session]:
    """Also below a page that asks for a password: whoever reads this one gave it."""
    held = public_sessions().filter(activity=activity.pk, status=Session.Status.PUBLISHED)
    return list(held.past()[:PAST_SHOWN])


@register.simple_tag
def sessions_below(page: BasePage | None, number: int) -> list[Session]:
    """What is to come below an activity's or an organisation's page; without one, on the whole site."""
    sessions = published_sessions().upcoming()
    if page is not None:
        sessions = sessions.filter(activity__path__startswith=page.path)
    return cards(sessions.values_list("pk", flat=True)[:number])
