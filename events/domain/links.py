"""Personal links: signed with 256 bits, each opening one thing, for a time, revocable.

A token is ``<pk>.<version>.<signature>``: nothing is stored, and raising the version revokes it.
"""

import re
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from events.access import live_attendee_links
from events.domain.mails import absolute
from events.models import AttendeeLink, Registration, SurveyInvitation
from members.models import User

REGISTRATION_LINK_LASTS = timedelta(days=180)  # after the end of the session

# A token as any of our signers writes it, where it stands in an address.
_TOKEN = re.compile(r"(?<=/)[0-9]+(?:\.[0-9]+)*\.[\w-]{43}(?![\w-])")
HIDDEN = "(lien-personnel)"

_registrations = Signer(sep=".", salt="escale.registration")
_invitations = Signer(sep=".", salt="escale.survey")
_calendars = Signer(sep=".", salt="escale.calendar")
_attendees = Signer(sep=".", salt="escale.attendees")


class LinkError(Exception):
    """The link is unknown, expired or revoked; the reader is told the same in each case."""


def registration_token(registration: Registration) -> str:
    return _registrations.sign(f"{registration.pk}.{registration.link_version}")


def registration_url(registration: Registration) -> str:
    """The personal page of a registration, as it is written in mails."""
    return absolute(reverse("events:registration", args=[registration_token(registration)]))


def read_registration_token(token: str) -> Registration:
    """The registration, with its session and organisation. Raises ``LinkError``."""
    pk, version = _read(_registrations, token)
    registration = (
        Registration.objects.select_related("session__activity__organisation", "user")
        .filter(pk=pk, link_version=version)
        .first()
    )
    if registration is None or registration.session.ends_at + REGISTRATION_LINK_LASTS < timezone.now():
        raise LinkError
    return registration


def invitation_token(invitation: SurveyInvitation) -> str:
    return _invitations.sign(f"{invitation.pk}.{invitation.registration.link_version}")


def without_tokens(text: str) -> str:
    """``text`` for the eyes of somebody else than the person to whom it was written.

    Whoever opens a personal link acts, and answers the survey, in the person's name.
    """
    return _TOKEN.sub(HIDDEN, text)


def read_invitation_token(token: str) -> SurveyInvitation:
    """The invitation, with its survey and session; it may be used or closed. Raises ``LinkError``."""
    pk, version = _read(_invitations, token)
    invitation = (
        SurveyInvitation.objects.select_related("survey__session__activity__organisation")
        .filter(pk=pk, registration__link_version=version)
        .first()
    )
    if invitation is None:
        raise LinkError
    return invitation


def calendar_token(user: User) -> str:
    return _calendars.sign(f"{user.pk}.{user.calendar_version}")


def calendar_url(user: User) -> str:
    """The address that a calendar program subscribes to; raising ``calendar_version`` ends it."""
    return absolute(reverse("events:feed_personal", args=[calendar_token(user)]))


def read_calendar_token(token: str) -> User:
    """Whose calendar it is. Raises ``LinkError``."""
    pk, version = _read(_calendars, token)
    found = User.objects.filter(pk=pk, calendar_version=version, is_active=True, erased_at=None).first()
    if found is None:
        raise LinkError
    return found


def attendees_token(link: AttendeeLink) -> str:
    return _attendees.sign(f"{link.pk}.{link.version}")


def attendees_url(link: AttendeeLink) -> str:
    """The list of a session's people, for who leads it and has no account."""
    return absolute(reverse("events:participants", args=[attendees_token(link)]))


def read_attendees_token(token: str) -> AttendeeLink:
    """The link, with its role and session. Raises ``LinkError``."""
    pk, version = _read(_attendees, token)
    found = live_attendee_links().filter(pk=pk, version=version).first()
    if found is None:
        raise LinkError
    return found


def _read(signer: Signer, token: str) -> tuple[int, int]:
    try:
        pk, version = signer.unsign(token).split(".")
    except BadSignature:
        raise LinkError from None
    return int(pk), int(version)
