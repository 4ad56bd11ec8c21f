"""What people are told of their registration, in French, each real event once."""

from collections.abc import Container, Iterable, Sequence
from functools import partial
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from events.domain import layout
from events.domain.admission import limit_in_words
from events.domain.calendars import cancellation
from events.domain.eligibility import waiting_rule, why_waiting
from events.domain.invitations import invitation, invited
from events.domain.links import registration_url
from events.domain.mails import absolute
from events.domain.outbox import draft, queue, queue_many
from events.domain.personal_links import personal_links
from events.domain.session_changes import Moves
from events.domain.waiting import is_members_first, with_position
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


def notify(
    *,
    registration: Registration,
    kind: str,
    moved: Moves = NOWHERE,
    removed: Sequence[Slot] = (),
) -> Message | None:
    """Tell the person of ``registration`` what happened; None if they were told before.

    Call it in the transaction of the change, once the rows say the new state.
    ``moved`` says what changed in the session, ``removed`` which slots a calendar has to forget.
    """
    return queue(**_own_news(registration, kind=kind, moved=moved, removed=removed))


def news(
    *,
    registration: Registration,
    kind: str,
    reason: str = "",
    previous: Registration | None = None,
    session: Session | None = None,
) -> Message:
    """What ``notify`` would queue, not stored: it may leave with other messages, in one statement.

    ``reason`` says why the coordination said no, ``previous`` which registration this one replaces.
    ``session`` is theirs as it stands, with its organisation and slots: then nothing is read again, and
    ``registration`` knows its ``position`` if it waits.
    """
    return draft(**_own_news(registration, kind=kind, reason=reason, previous=previous, session=session))


def notify_all(
    *,
    session: Session,
    registrations: Sequence[Registration],
    kind: str,
    moved: Moves = NOWHERE,
    removed: Sequence[Slot] = (),
) -> None:
    """``notify`` for several people of one session, in as many queries as for one."""
    if not registrations:
        return
    fresh, told = _session_of(session.pk), invited(registrations, kind=kind)
    _rank(registrations)
    queue_many(
        [
            draft(**_news(each, fresh, kind=kind, moved=moved, removed=removed, told=told))
            for each in registrations
        ]
    )


def notify_after(*, registration: Registration, survey_url: str, certificate_url: str) -> Message | None:
    """Thank somebody who came: the way to the survey and to the certificate."""
    return queue(**_thanks(registration, _session(registration), survey_url, certificate_url))


def notify_all_after(*, session: Session, thanks: Iterable[tuple[Registration, str, str]]) -> None:
    """``notify_after`` for several people of one session: each with the two links."""
    fresh = _session_of(session.pk)
    queue_many([draft(**_thanks(each, fresh, survey, certificate)) for each, survey, certificate in thanks])


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
        subject=f"{SUBJECTS['season_limit']} : {session.activity.title}",
        body=layout.wrap(text),
        organisation=organisation,
        session=session,
    )


def _own_news(
    registration: Registration,
    *,
    kind: str,
    moved: Moves = NOWHERE,
    removed: Sequence[Slot] = (),
    reason: str = "",
    previous: Registration | None = None,
    session: Session | None = None,
) -> dict[str, Any]:
    if session is None or not hasattr(registration, "position"):
        _rank([registration])
    return _news(
        registration,
        session or _session(registration),
        kind=kind,
        moved=moved,
        removed=removed,
        reason=reason,
        previous=previous,
        left=_session(previous) if previous else None,
        told=invited([previous or registration], kind=kind),
    )


def _news(
    registration: Registration,
    session: Session,
    *,
    kind: str,
    moved: Moves,
    removed: Sequence[Slot],
    told: Container[int],
    reason: str = "",
    previous: Registration | None = None,
    left: Session | None = None,
) -> dict[str, Any]:
    """The message that tells ``registration`` what happened; ``told`` are those who hold an invitation."""
    registration.session = session
    calendar, method = invitation(
        registration=registration, session=session, kind=kind, removed=removed, told=told
    )
    if previous and left and previous.pk in told:
        # The calendar of the session that is left comes after the new one, in one mail.
        calendar += cancellation(session=left, attendee=previous.email)
        method = method or "CANCEL"
    return _message(
        registration,
        session,
        kind=kind,
        key=key_of(registration, kind),
        context={
            "position": registration.position,  # type: ignore[attr-defined]
            "moved": moved,
            "reason": reason,
            "left_title": layout.title(left) if left else "",
            "left_when": layout.when(left) if left else [],
            "why": partial(why_waiting, registration),
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


def _thanks(
    registration: Registration, session: Session, survey_url: str, certificate_url: str
) -> dict[str, Any]:
    return _message(
        registration,
        session,
        kind="after",
        key=f"after:{registration.pk}",
        context={"survey_url": absolute(survey_url), "certificate_url": absolute(certificate_url)},
    )


def _message(
    registration: Registration,
    session: Session,
    *,
    kind: str,
    key: str,
    context: dict[str, Any],
    subject: str = "",
    calendar: str = "",
    calendar_method: str = "",
) -> dict[str, Any]:
    """What ``queue`` and ``draft`` take."""
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
            "documents": partial(personal_links, registration),  # read by the mails that hold them
            **context,
        },
    )
    return {
        "key": key,
        "kind": kind,
        "recipient": registration.email,
        "subject": f"{subject or SUBJECTS[kind]} : {session.activity.title}",
        "body": layout.wrap(text),
        "organisation": organisation,
        "registration": registration,
        "calendar": calendar,
        "calendar_method": calendar_method,
    }


def key_of(registration: Registration, kind: str) -> str:
    """What makes this event itself and no other: asking twice for the same one sends one mail."""
    if kind == "moved":
        return f"moved:{registration.pk}:{registration.session.sequence}"
    if kind == "already_registered":
        return f"already_registered:{registration.pk}:{timezone.localdate():%Y%m%d}"
    return f"{kind}:{registration.pk}:{registration.state_changed_at.timestamp():.6f}"


def _rank(registrations: Sequence[Registration]) -> None:
    """Find at once where those who wait stand: ``position`` is 0 for the others."""
    waiting = [each.pk for each in registrations if each.state == State.WAITLISTED]
    ranked = with_position(Registration.objects.filter(pk__in=waiting)).order_by() if waiting else None
    positions = dict(ranked.values_list("pk", "position")) if ranked else {}  # type: ignore[misc]
    for each in registrations:
        each.position = positions.get(each.pk, 0)  # type: ignore[attr-defined]


def _session(registration: Registration) -> Session:
    """Fresh: the caller may hold the session as it was before the change that we tell."""
    return _session_of(registration.session_id)


def _session_of(pk: int) -> Session:
    sessions = Session.objects.select_related("activity__organisation", "activity__settings")
    sessions = sessions.prefetch_related("slots")
    return sessions.get(pk=pk)
