"""What people are told of their registration, in French, each real event once."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from events.domain import layout
from events.domain.calendars import session_calendar
from events.domain.links import registration_url
from events.domain.mails import absolute
from events.domain.outbox import queue
from events.domain.session_changes import Moves
from events.domain.waiting import waiting_position
from events.models import Message, Registration, Session, Slot

State = Registration.State
NOWHERE = Moves()

SUBJECTS = {
    "confirmed": "Votre place est confirmée",
    "waitlisted": "Vous êtes en liste d’attente",
    "promoted": "Une place s’est libérée pour vous",
    "withdrawn": "Votre désistement est enregistré",
    "cancelled": "Session annulée",
    "moved": "Changement de date ou de lieu",
    "already_registered": "Vous êtes déjà sur la liste",
    "after": "Merci d’être venu·e",
}


def notify(
    *, registration: Registration, kind: str, moved: Moves = NOWHERE, removed: Sequence[Slot] = ()
) -> Message | None:
    """Tell the person of ``registration`` what happened; None if they were told before.

    Call it in the transaction of the change, once the rows say the new state.
    ``moved`` says what changed in the session, ``removed`` which slots a calendar has to forget.
    """
    session = _session(registration)
    calendar, method = _calendar(registration, session, kind, removed)
    return _queue(
        registration,
        session,
        kind=kind,
        key=_key(registration, session, kind),
        context={"position": waiting_position(registration), "moved": moved},
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
    if kind in ("confirmed", "promoted", "moved") and registration.state == State.CONFIRMED:
        # An invitation holds one event (RFC 5546, 3.2.2): several slots go as a publication.
        method = "REQUEST" if len(session.slots.all()) + len(removed) == 1 else "PUBLISH"
    elif kind in ("withdrawn", "cancelled") and registration.messages.exclude(calendar="").exists():
        method = "CANCEL"  # only to whom an invitation went
    else:
        return "", ""
    text = session_calendar(session=session, method=method, attendee=registration.email, removed=removed)
    return text, method


def _session(registration: Registration) -> Session:
    """Fresh: the caller may hold the session as it was before the change that we tell."""
    sessions = Session.objects.select_related("activity__organisation").prefetch_related("slots")
    return sessions.get(pk=registration.session_id)
