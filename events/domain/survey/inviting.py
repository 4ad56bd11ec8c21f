"""Asking in time: before a session, weeks after it, and two reminders to whoever has not answered.

Nothing is queued ahead: each minute works out what is due, so a session that moves or is cancelled leaves
nothing stale. Who was reminded has not answered: staff read how many, and it is forgotten when all is over.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from events.domain import layout
from events.domain.links import invitation_token
from events.domain.mails import absolute
from events.domain.outbox import draft, queue_apart
from events.domain.rule_schedule import LATEST, MORNING
from events.domain.survey.awaited import awaited
from events.domain.survey.opening import open_survey
from events.domain.survey_mails import INVITES, REMINDER, key, survey_of
from events.models import (
    ActivitySettings,
    Message,
    Registration,
    Session,
    Survey,
    SurveyInvitation,
)

Moment = Survey.Moment
BEFORE_START = timedelta(days=7)
# A worker that was down, or a sheet closed late, is caught up with; older sessions are left alone.
LATE = timedelta(days=14)
# Asked at once and asked again are two things: so long at least after the sheet is closed.
AFTER_CLOSING = timedelta(days=7)
# Days after the invitation at which each reminder leaves, and at which it would come too late.
REMINDERS = {1: (3, 10), 2: (10, 17)}
AT_ONCE = 200
SUBJECTS = {
    Moment.BEFORE: "Quelques questions avant de venir",
    Moment.AFTER: "Votre avis nous manque",
    Moment.DELAYED: "Avec le recul, votre avis",
}


def queue_due(*, now: datetime | None = None) -> int:
    """Open what is due and queue its mails, at decent hours; returns how many. Repeating it is harmless."""
    now = now or timezone.now()
    follow_sessions(now=now)
    forget_who_was_reminded(now=now)
    if not MORNING <= timezone.localtime(now).time() < LATEST:
        return 0
    for session, moment in [*_before(now), *_delayed(now)]:
        try:
            open_survey(session=session, moment=moment)
        except DomainError:
            continue  # changed meanwhile: the next minute sees it as it is
    return _invite(now) + sum(_remind(now, number) for number in REMINDERS)


def follow_sessions(*, now: datetime) -> None:
    """What is asked before a session closes when it starts, even moved, or once it is cancelled."""
    before = Survey.objects.filter(moment=Moment.BEFORE, unsealed_at=None)
    before.filter(session__status=Session.Status.CANCELLED, closes_at__gt=now).update(closes_at=now)
    start = Session.objects.filter(pk=OuterRef("session")).values("starts_at")[:1]
    moved = before.filter(session__status=Session.Status.PUBLISHED).exclude(closes_at=F("session__starts_at"))
    moved.update(closes_at=Subquery(start))


def forget_who_was_reminded(*, now: datetime) -> int:
    """Once nobody may answer any more, a reminder tells no longer to whom it went; that it left stays."""
    reminders = Message.objects.filter(kind=REMINDER, registration__isnull=False).order_by()
    told = dict(reminders.values_list("pk", "key"))
    surveys = {pk: survey_of(each) for pk, each in told.items()}
    over = Survey.objects.filter(Q(unsealed_at__isnull=False) | Q(closes_at__lte=now))
    ended = set(over.filter(pk__in=set(surveys.values())).values_list("pk", flat=True))
    forgotten = [
        Message(pk=pk, key=f"{REMINDER}:-:{uuid.uuid4()}", recipient="", subject="", body="")
        for pk, survey in surveys.items()
        if survey in ended
    ]
    fields = ["key", "registration", "recipient", "subject", "body"]
    Message.objects.bulk_update(forgotten, fields, batch_size=AT_ONCE)
    return len(forgotten)


def _before(now: datetime) -> Iterator[tuple[Session, str]]:
    """Sessions of the coming week at which somebody confirmed has not been asked yet."""
    asked = SurveyInvitation.objects.filter(registration=OuterRef("pk"), survey__moment=Moment.BEFORE)
    waiting = Registration.objects.filter(
        ~Exists(asked), session=OuterRef("pk"), state=Registration.State.CONFIRMED
    )
    sessions = _told_of().filter(
        Exists(waiting),
        starts_at__gt=now,
        starts_at__lte=now + BEFORE_START,
        activity__settings__questionnaire_before__isnull=False,
    )
    return ((session, Moment.BEFORE) for session in sessions)


def _delayed(now: datetime) -> Iterator[tuple[Session, str]]:
    """Sessions over for as many weeks as their activity waits, that have not been asked yet."""
    choosing = ActivitySettings.objects.filter(questionnaire_delayed__isnull=False)
    due = Q(pk__in=[])
    for weeks in choosing.order_by().values_list("delayed_weeks", flat=True).distinct():
        moment = now - timedelta(weeks=weeks)
        due |= Q(activity__settings__delayed_weeks=weeks, ends_at__lte=moment, ends_at__gt=moment - LATE)
    sessions = _told_of().filter(
        ~Exists(Survey.objects.filter(session=OuterRef("pk"), moment=Moment.DELAYED)),
        due,
        completed_at__lte=now - AFTER_CLOSING,
        activity__settings__questionnaire_delayed__isnull=False,
    )
    return ((session, Moment.DELAYED) for session in sessions)


def _told_of() -> QuerySet[Session]:
    return (
        Session.objects.filter(status=Session.Status.PUBLISHED, imported=False, messages_paused=False)
        .select_related("activity")
        .order_by("pk")
    )


def _waiting(now: datetime) -> QuerySet[SurveyInvitation]:
    """Whoever may still answer and has not, of sessions that stand."""
    return (
        awaited(now=now)
        .filter(
            survey__session__status=Session.Status.PUBLISHED,
            survey__session__messages_paused=False,
            survey__session__imported=False,
        )
        .annotate(
            invited_by=Case(
                *(When(survey__moment=moment, then=Value(kind)) for moment, kind in INVITES.items()),
                output_field=CharField(),
            )
        )
        .select_related("survey__session__activity__organisation", "registration")
        .prefetch_related("survey__session__slots")
        .order_by("pk")
    )


def _invite(now: datetime) -> int:
    told = Message.objects.filter(registration=OuterRef("registration"), kind=OuterRef("invited_by"))
    fresh = _waiting(now).filter(~Exists(told), survey__moment__in=(Moment.BEFORE, Moment.DELAYED))
    return _queue(fresh, number=0)


def _remind(now: datetime, number: int) -> int:
    today = timezone.localdate(now)
    earliest, latest = REMINDERS[number]
    last = Message.objects.filter(registration=OuterRef("registration"), kind=OuterRef("invited_by"))
    own_key = Concat(
        Value(f"{REMINDER}:"),
        Cast(OuterRef("survey_id"), CharField()),
        Value(f":{number}:"),
        Cast(OuterRef("registration_id"), CharField()),
    )
    told = Subquery(last.order_by("-created_at").values("created_at")[:1])
    late = _waiting(now).annotate(told=Coalesce(told, "survey__opened_at"))
    return _queue(
        late.filter(
            ~Exists(Message.objects.filter(key=own_key)),
            told__lt=_midnight(today - timedelta(days=earliest - 1)),
            told__gte=_midnight(today - timedelta(days=latest - 1)),
        ),
        number=number,
    )


def _queue(invitations: QuerySet[SurveyInvitation], *, number: int) -> int:
    queued = last = 0
    while batch := list(invitations.filter(pk__gt=last)[:AT_ONCE]):
        queue_apart([draft(**_mail(each, number)) for each in batch])
        queued, last = queued + len(batch), batch[-1].pk
    return queued


def _mail(invitation: SurveyInvitation, number: int) -> dict[str, Any]:
    """The invitation, or the reminder of this ``number``, as ``draft`` takes it."""
    survey, registration = invitation.survey, invitation.registration
    session = survey.session
    kind = REMINDER if number else INVITES[Moment(survey.moment)]
    context = {
        "registration": registration,
        "organisation": session.activity.organisation,
        "title": layout.title(session),
        "when": layout.when(session),
        "survey_url": absolute(reverse("events:survey", args=[invitation_token(invitation)])),
        "is_last": number == max(REMINDERS),
    }
    return {
        "key": key(kind, survey_id=survey.pk, rank=number, registration_id=registration.pk),
        "kind": kind,
        "recipient": registration.email,
        "subject": f"{SUBJECTS[Moment(survey.moment)]} : {session.activity.title}",
        "body": layout.wrap(render_to_string(f"events/mail/{kind}.txt", context)),
        "organisation": session.activity.organisation,
        "registration": registration,
        "session": session,
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
