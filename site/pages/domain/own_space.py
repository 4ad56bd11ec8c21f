"""What a signed-in person finds in their space: what waits for their answer, what comes, what was.

Each list is bounded and takes the same number of queries however long it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import ExtractYear
from django.utils import timezone

from certificates.domain.convocation import convocation_path, exists_for
from certificates.domain.links import certificate_token
from certificates.models import Certificate
from events.access import own_registrations
from events.domain import offers
from events.domain.eligibility import why_waiting
from events.domain.links import invitation_token, registration_token
from events.domain.survey.awaited import awaited
from events.domain.waiting import with_position
from events.models import ACTIVE_STATES, Registration, Session, Slot
from members.models import User

State = Registration.State
ANSWERED_NO = (State.DECLINED, State.EXPIRED)
SHOWN = 60  # registrations of one list


@dataclass(frozen=True)
class Line:
    """One registration as its owner reads it; an empty token hides its link."""

    registration: Registration
    token: str
    why: str = ""
    can_answer: bool = False
    can_leave: bool = False
    certificates: Sequence[tuple[Certificate, str]] = ()
    survey_token: str = ""
    convocation: str = ""
    closes_at: datetime | None = None
    moment: str = ""


@dataclass(frozen=True)
class Past:
    years: Sequence[int]
    year: int | None
    lines: Sequence[Line]


def coming(user: User) -> list[Line]:
    """What stands, was cancelled or answered « no » to; not a refusal that a later registration replaced."""
    now = timezone.now()
    found = _with_first_answer(with_position(own_registrations(user))).filter(
        Q(state__in=(*ACTIVE_STATES, *ANSWERED_NO))
        | Q(state=State.CANCELLED, session__status=Session.Status.CANCELLED),
        session__ends_at__gt=now,
    )
    slots = Prefetch("session__slots", Slot.objects.order_by("starts_at", "pk"))
    rows = list(found.prefetch_related(slots).order_by("session__starts_at", "pk")[:SHOWN])
    active = {row.session_id for row in rows if row.state in ACTIVE_STATES}
    return [
        _coming(row, now=now) for row in rows if row.state in ACTIVE_STATES or row.session_id not in active
    ]


def surveys(user: User) -> list[Line]:
    """Those that are open and not answered, the first to close first."""
    asked = (
        awaited(now=timezone.now())
        .filter(registration__in=own_registrations(user).order_by().values("pk"))
        .select_related("survey", "registration__session__activity")
        .order_by("survey__closes_at", "pk")[:SHOWN]
    )
    return [
        Line(
            registration=each.registration,
            token="",
            survey_token=invitation_token(each),
            closes_at=each.survey.closes_at,
            moment=each.survey.moment,
        )
        for each in asked
    ]


def past(user: User, *, year: int | None = None) -> Past:
    """A year of what is over, the latest first; that of the last session unless another one is asked for."""
    over = own_registrations(user).filter(session__ends_at__lte=timezone.now())
    over = over.exclude(state__in=(*ANSWERED_NO, State.WITHDRAWN))
    of_year = ExtractYear("session__starts_at")
    years = sorted(set(over.order_by().annotate(year=of_year).values_list("year", flat=True)), reverse=True)
    shown = year if year in years else (years[0] if years else None)
    if shown is None:
        return Past(years, None, [])
    valid = Certificate.objects.filter(status=Certificate.Status.VALID).order_by("pk")
    rows = (
        over.filter(session__starts_at__year=shown)
        .prefetch_related(Prefetch("certificates", valid, to_attr="valid_certificates"))
        .order_by("-session__starts_at", "-pk")[:SHOWN]
    )
    return Past(years, shown, [_past(row) for row in rows])


def _with_first_answer(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate until when the first offer of the session waits: what « why » would ask for each."""
    awaited = (
        Registration.objects.filter(session=OuterRef("session"), state=State.OFFERED)
        .order_by()
        .values("session")
        .annotate(first=Min("offered_until"))
        .values("first")
    )
    return registrations.annotate(first_answer=Subquery(awaited))


def _coming(row: Registration, *, now: datetime) -> Line:
    row.session.first_answer = row.first_answer  # type: ignore[attr-defined]
    active = row.state in ACTIVE_STATES
    return Line(
        registration=row,
        token=registration_token(row),
        why=why_waiting(row),
        can_answer=offers.is_open(row, now=now),
        convocation=convocation_path(row) if exists_for(row) else "",
        can_leave=active and row.state != State.OFFERED and row.session.starts_at > now,
    )


def _past(row: Registration) -> Line:
    valid: Sequence[Certificate] = row.valid_certificates  # type: ignore[attr-defined]
    certificates = sorted(valid, key=lambda each: Certificate.Kind.values.index(each.kind))
    return Line(
        registration=row,
        token=registration_token(row),
        certificates=[(each, certificate_token(each)) for each in certificates],
    )
