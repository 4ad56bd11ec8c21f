"""What the public page of a session is made of, in a number of queries that its programme does not change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from common import moments
from common.prepared import MOMENT, PLACE, Prepared, hold
from events.access import public_sessions, published_of
from events.domain import mails
from events.models import AgendaItem, Session, SessionDocument, SessionRole, Slot

DATES_SHOWN = 4
# More people than these are presented in a part of their own.
FEW = 3
MAP = "https://www.openstreetmap.org/search"
Role = SessionRole.Role

SESSION = Prepared(lambda pk: public_sessions().select_related("activity__settings").filter(pk=pk))
PARTS: dict[str, Prepared[Any]] = {
    "slots": Prepared(lambda pk: Slot.objects.filter(session=pk)),
    "roles": Prepared(lambda pk: SessionRole.objects.filter(session=pk)),
    "documents": Prepared(lambda pk: SessionDocument.objects.filter(session=pk).select_related("document")),
}
AGENDA: Prepared[Any] = Prepared(
    lambda pk: (
        AgendaItem.objects.filter(session=pk).annotate(role=F("roles")).order_by("starts_at", "pk", "role")
    )
)
# One more than are shown, and the one whose page it is.
DATES = Prepared(
    lambda activity, now: (
        published_of(activity).filter(starts_at__gt=now).order_by("starts_at", "pk")[: DATES_SHOWN + 2]
    ),
    PLACE,
    MOMENT,
)


@dataclass(frozen=True)
class Moment:
    """One time of the programme, with its people in their order."""

    item: AgendaItem
    speakers: Sequence[SessionRole] = ()
    moderators: Sequence[SessionRole] = ()

    @property
    def is_pause(self) -> bool:
        """A break or a meal: nobody speaks, nothing is to be read."""
        return not (self.speakers or self.moderators or self.item.description)


@dataclass(frozen=True)
class Day:
    starts_at: datetime
    moments: Sequence[Moment]


@dataclass(frozen=True)
class Face:
    """``dates`` are other sessions of the activity; ``people`` those who are presented at length."""

    url: str
    mail_url: str
    days: Sequence[Day] = ()
    people: Sequence[SessionRole] = ()
    disclosed: bool = False
    dates: Sequence[Session] = ()
    more_dates: bool = False

    @property
    def next(self) -> Session | None:
        """The first with a seat, or else the first."""
        return next((each for each in self.dates if not each.is_full), None) or next(iter(self.dates), None)


def public_session(pk: int) -> Session | None:
    """What anybody may open, with its slots, roles and documents."""
    found = next(iter(SESSION(pk)), None)
    if found is not None:
        for name, rows in PARTS.items():
            hold(found, name, rows(pk))
    return found


def face_of(session: Session) -> Face:
    """``session`` comes with its slots, roles and documents."""
    roles = list(session.roles.all())
    days = days_of(session, roles)
    dates = other_dates(session)
    disclosed = any(role.disclosure for role in roles)
    url = mails.absolute(reverse("events:session", args=[session.pk]))
    return Face(
        url=url,
        mail_url=mail_url(session, url),
        days=days,
        people=roles if days or disclosed or len(roles) > FEW else (),
        disclosed=disclosed,
        dates=dates[:DATES_SHOWN],
        more_dates=len(dates) > DATES_SHOWN,
    )


def days_of(session: Session, roles: Iterable[SessionRole]) -> list[Day]:
    """The programme by day, in one query however many people it names."""
    known = {role.pk: role for role in roles}
    found = []
    for _pk, same in groupby(AGENDA(session.pk), key=lambda row: row.pk):
        lines = list(same)
        people = [known[line.role] for line in lines if line.role in known]
        found.append(
            Moment(
                lines[0],
                [role for role in people if role.role != Role.MODERATOR],
                [role for role in people if role.role == Role.MODERATOR],
            )
        )
    by_day = groupby(found, key=lambda each: timezone.localdate(each.item.starts_at))
    return [Day(items[0].item.starts_at, items) for items in (list(each) for _day, each in by_day)]


def other_dates(session: Session) -> list[Session]:
    """Those of the same activity that are still to come, soonest first, one more than are shown."""
    others = [each for each in DATES(session.activity_id, timezone.now()) if each.pk != session.pk]
    for each in others:
        each.activity = session.activity
    return others[: DATES_SHOWN + 1]


def map_url(session: Session) -> str:
    """Where a map shows the place; nothing is asked of it until somebody follows the link."""
    if session.modality == Session.Modality.ONLINE or not (session.address or session.city):
        return ""
    where = [part for part in (session.address or session.place_name, session.city) if part]
    return f"{MAP}?{urlencode({'query': ', '.join(where)})}"


def mail_url(session: Session, url: str) -> str:
    """A mail to write to a colleague, begun."""
    subject = mails.one_line(f"{session.activity.title} : {session.title}")
    body = f"{subject}\n{moments.span(session.starts_at, session.ends_at)}\n\n{url}\n"
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"
