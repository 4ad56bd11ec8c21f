"""A link to a session's people for who leads it without an account: made, renewed, revoked, read.

It opens the list and nothing else; it ends a week after the session at the latest, and with the role.
Each opening and each file is in the journal, which names the link and nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.log_actions import log

from common import moments
from common.errors import DomainError
from events.access import LEADING, live_attendee_links
from events.domain import layout, seats
from events.domain.attendee_mails import KIND, key_of
from events.domain.attendees import COLUMNS, attendees
from events.domain.exports import Export, FileType, Table, What, export, table
from events.domain.links import attendees_url
from events.domain.outbox import queue
from events.models import AttendeeLink, Session, SessionRole
from members.models import User

LASTS = timedelta(days=7)  # after the session, or from now if it is over
GONE = "Ce rôle a changé entre-temps : rouvrez la page de la session."


def create_link(*, role: SessionRole, by: User) -> AttendeeLink:
    """An address of their own for ``role``, mailed if the role has an account. Raises ``DomainError``."""
    with transaction.atomic():
        session = seats.lock(session_id=role.session_id)
        held = _held(session, role.pk)
        if live_attendee_links().filter(role=held).exists():
            raise DomainError(f"{held.name} a déjà un lien : renouvelez-le, ou révoquez-le.")
        link = AttendeeLink.objects.create(
            role=held, created_at=timezone.now(), created_by=by, expires_at=_end(session)
        )
        _log(link, "escale.attendee_link", by)
        _send(link, session)
    return link


def renew_link(*, link: AttendeeLink, by: User) -> AttendeeLink:
    """A new address, from today; the one before opens nothing any more. Raises ``DomainError``."""
    with transaction.atomic():
        session = seats.lock(session_id=link.role.session_id)
        stored = _stored(link)
        _held(session, stored.role_id)
        if stored.revoked_at is not None:
            raise DomainError("Ce lien est révoqué : créez-en un autre.")
        stored.version += 1
        stored.expires_at = _end(session)
        stored.save(update_fields=["version", "expires_at"])
        _log(stored, "escale.renew_link", by)
        _send(stored, session)
    return stored


def revoke_link(*, link: AttendeeLink, by: User) -> None:
    """At once and for good; repeating it is harmless."""
    with transaction.atomic():
        seats.lock(session_id=link.role.session_id)
        stored = _stored(link)
        if stored.revoked_at is None:
            stored.revoked_at = timezone.now()
            stored.save(update_fields=["revoked_at"])
            _log(stored, "escale.revoke_link", by)


def open_list(*, link: AttendeeLink) -> Table:
    """Who is expected, for the holder of a living link; that it was opened is kept."""
    people = attendees(session=link.role.session)
    _log(link, "escale.open_list", None, rows=people.count())
    return table(registrations=people, chosen=COLUMNS)


def export_by_link(*, link: AttendeeLink, file_type: FileType) -> Export:
    """The same as a file, which the journal tells too. Raises ``DomainError``."""
    session = link.role.session
    return export(
        registrations=attendees(session=session),
        what=What.ATTENDEES,
        chosen=COLUMNS,
        file_type=file_type,
        title=f"{session.title}, {moments.day(session.starts_at)}",
        by=None,
        facts={"link": link.pk},
    )


@dataclass(frozen=True)
class RoleLine:
    """Somebody who leads, and their link if any: one that is over may be renewed."""

    role: SessionRole
    link: AttendeeLink | None
    is_live: bool
    url: str


def lines(*, session: Session, roles: Iterable[SessionRole]) -> list[RoleLine]:
    """For the coordination: who may have a link, and who has one."""
    rows = AttendeeLink.objects.filter(role__session=session, revoked_at=None).order_by("created_at", "pk")
    found = {link.role_id: link for link in rows}
    now = timezone.now()
    return [
        RoleLine(role, link, live, attendees_url(link) if link and live else "")
        for role in roles
        if role.role in LEADING
        for link in [found.get(role.pk)]
        for live in [link is not None and link.expires_at > now]
    ]


def _held(session: Session, role: int) -> SessionRole:
    """The role as it stands now, if it may have a link; an erasure takes it away, and holds the session."""
    if session.status != Session.Status.PUBLISHED:
        raise DomainError("Un lien ne s’ouvre que pour une session publiée.")
    held = session.roles.select_related("user").filter(pk=role, role__in=LEADING).first()
    if held is None:
        raise DomainError(GONE)
    return held


def _stored(link: AttendeeLink) -> AttendeeLink:
    stored = AttendeeLink.objects.select_related("role__user", "role__session__activity").filter(pk=link.pk)
    found = stored.first()
    if found is None:
        raise DomainError(GONE)
    return found


def _end(session: Session) -> datetime:
    return max(session.ends_at, timezone.now()) + LASTS


def _log(link: AttendeeLink, action: str, by: User | None, **data: int) -> None:
    facts = {"link": link.pk, "role": [link.role.role, link.role.user_id], **data}
    log(instance=link.role.session, action=action, user=by, data=facts)


def _send(link: AttendeeLink, session: Session) -> None:
    """Without an account there is no address to write to: the coordination hands the link over."""
    user = link.role.user
    if user is None or not user.is_active:
        return
    organisation = session.activity.organisation
    context = {
        "first_name": user.first_name,
        "title": layout.title(session),
        "when": layout.when(session),
        "where": layout.where(session),
        "url": attendees_url(link),
        "until": moments.moment(link.expires_at),
        "organisation": organisation,
    }
    queue(
        key=key_of(link),
        kind=KIND,
        recipient=user.email,
        subject=f"La liste des participants : {session.activity.title}",
        body=layout.wrap(render_to_string("events/mail/attendee_link.txt", context)),
        organisation=organisation,
        session=session,
    )
