"""What people are told of their registration, in French, each real event once."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from events.domain import layout
from events.domain.admission import limit_in_words
from events.domain.calendars import session_calendar
from events.domain.eligibility import waiting_rule, why_waiting
from events.domain.links import registration_url
from events.domain.mails import absolute
from events.domain.outbox import queue
from events.domain.session_changes import Moves
from events.domain.waiting import is_members_first, waiting_position
from events.models import Message, Registration, Session, Slot
from members.models import User

State = Registration.State
NOWHERE = Moves()

SUBJECTS = {
    "confirmed": "Votre place est confirmée",
    "waitlisted": "Vous êtes en liste d’attente",
    "pending": "Votre demande est reçue",
    "approved": "Votre demande est acceptée",
    "declined": "Votre demande n’a pas été retenue",
    "promoted": "Une place s’est libérée pour vous",
    "offered": "Une place vous est proposée",
    "offer_declined": "Votre réponse est enregistrée",
    "offer_expired": "La proposition a expiré",
    "withdrawn": "Votre désistement est enregistré",
    "withdrawn_by_staff": "Votre inscription est retirée",
    "transferred": "Votre inscription change de session",
    "season_limit": "Votre inscription n’est pas enregistrée",
    "cancelled": "Session annulée",
    "moved": "Changement de date ou de lieu",
    "already_registered": "Vous êtes déjà sur la liste",
    "after": "Merci d’être venu·e",
}


WITH_INVITATION = ("confirmed", "approved", "promoted", "moved", "transferred")
WITH_CANCELLATION = ("withdrawn", "withdrawn_by_staff", "cancelled")


def notify(
    *,
    registration: Registration,
    kind: str,
    moved: Moves = NOWHERE,
    removed: Sequence[Slot] = (),
    reason: str = "",
    previous: Registration | None = None,
) -> Message | None:
    """Tell the person of ``registration`` what happened; None if they were told before.

    Call it in the transaction of the change, once the rows say the new state.
    ``moved`` says what changed in the session, ``removed`` which slots a calendar has to forget,
    ``reason`` why the coordination said no, ``previous`` which registration this one replaces.
    """
    session = _session(registration)
    registration.session = session
    calendar, method = _calendar(registration, session, kind, removed)
    left = _session(previous) if previous else None
    if previous and left:
        calendar, method = _with_cancellation(calendar, method, previous, left)
    return _queue(
        registration,
        session,
        kind=kind,
        key=_key(registration, session, kind),
        context={
            "position": waiting_position(registration),
            "moved": moved,
            "reason": reason,
            "left_title": layout.title(left) if left else "",
            "left_when": layout.when(left) if left else [],
            "why": why_waiting(registration),
            "waiting_rule": waiting_rule(session),
            "is_early": is_members_first(session) and not registration.is_member,
            "is_ordinary": session.promotion == Session.Promotion.AUTOMATIC
            and not session.promotion_cutoff_hours,
            "session_url": absolute(reverse("events:session", args=[session.pk])),
        },
        subject=moved.subject() if moved else "",
        calendar=calendar,
        calendar_method=method,
    )


def notify_after(*, registration: Registration, survey_url: str, certificate_url: str) -> Message | None:
    """Thank somebody who came: the way to the survey and to the certificate."""
    return _queue(
        registration,
        _session(registration),
        kind="after",
        key=f"after:{registration.pk}",
        context={"survey_url": absolute(survey_url), "certificate_url": absolute(certificate_url)},
    )


def notify_limit(*, session: Session, owner: User, limit: int) -> Message | None:
    """Tell the owner of an address, and nobody else, that their season is full; once a day and session."""
    session = _session_of(session.pk)
    organisation = session.activity.organisation
    text = render_to_string(
        "events/mail/season_limit.txt",
        {
            "registration": owner,
            "organisation": organisation,
            "title": layout.title(session),
            "when": layout.when(session),
            "limit": limit_in_words(limit),
        },
    )
    return queue(
        key=f"season_limit:{owner.pk}:{session.pk}:{timezone.localdate():%Y%m%d}",
        kind="season_limit",
        recipient=owner.email,
        subject=f"{SUBJECTS['season_limit']} : {session.activity.title}",
        body=layout.wrap(text),
        organisation=organisation,
        session=session,
    )


def _queue(
    registration: Registration,
    session: Session,
    *,
    kind: str,
    key: str,
    context: dict[str, Any],
    subject: str = "",
    calendar: str = "",
    calendar_method: str = "",
) -> Message | None:
    organisation = session.activity.organisation
    text = render_to_string(
        f"events/mail/{kind}.txt",
        {
            "registration": registration,
            "session": session,
            "organisation": organisation,
            "title": layout.title(session),
            "when": layout.when(session),
            "where": layout.where(session),
            "is_confirmed": registration.state == State.CONFIRMED,
            "is_waitlisted": registration.state == State.WAITLISTED,
            "is_pending": registration.state == State.PENDING,
            "is_offered": registration.state == State.OFFERED,
            "url": registration_url(registration),
            **context,
        },
    )
    return queue(
        key=key,
        kind=kind,
        recipient=registration.email,
        subject=f"{subject or SUBJECTS[kind]} : {session.activity.title}",
        body=layout.wrap(text),
        organisation=organisation,
        registration=registration,
        calendar=calendar,
        calendar_method=calendar_method,
    )


def _key(registration: Registration, session: Session, kind: str) -> str:
    """What makes this event itself and no other: asking twice for the same one sends one mail."""
    if kind == "moved":
        return f"moved:{registration.pk}:{session.sequence}"
    if kind == "already_registered":
        return f"already_registered:{registration.pk}:{timezone.localdate():%Y%m%d}"
    return f"{kind}:{registration.pk}:{registration.state_changed_at.timestamp():.6f}"


def _calendar(
    registration: Registration, session: Session, kind: str, removed: Sequence[Slot] = ()
) -> tuple[str, str]:
    """The invitation that goes with the news, and its method; ("", "") when none does."""
    if kind in WITH_INVITATION and registration.state == State.CONFIRMED:
        # An invitation holds one event (RFC 5546, 3.2.2): several slots go as a publication.
        method = "REQUEST" if len(session.slots.all()) + len(removed) == 1 else "PUBLISH"
    elif kind in WITH_CANCELLATION and _was_invited(registration):
        method = "CANCEL"
    else:
        return "", ""
    text = session_calendar(session=session, method=method, attendee=registration.email, removed=removed)
    return text, method


def _with_cancellation(calendar: str, method: str, previous: Registration, left: Session) -> tuple[str, str]:
    """The calendar of the session that is left comes after the new one, in one mail."""
    if not _was_invited(previous):
        return calendar, method
    gone = session_calendar(session=left, method="CANCEL", attendee=previous.email)
    return calendar + gone, method or "CANCEL"


def _was_invited(registration: Registration) -> bool:
    return registration.messages.exclude(calendar="").exists()


def _session(registration: Registration) -> Session:
    """Fresh: the caller may hold the session as it was before the change that we tell."""
    return _session_of(registration.session_id)


def _session_of(pk: int) -> Session:
    sessions = Session.objects.select_related("activity__organisation").prefetch_related("slots")
    return sessions.get(pk=pk)
