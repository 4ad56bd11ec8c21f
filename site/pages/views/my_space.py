"""A signed-in person's own registrations, certificates and surveys to answer."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.domain.links import certificate_token
from certificates.models import Certificate
from events.access import led_sessions, own_registrations
from events.domain.links import invitation_token, registration_token
from events.domain.waiting import with_position
from events.models import ACTIVE_STATES, Registration
from members.access import is_coordinator

State = Registration.State
ANSWERED_NO = (State.DECLINED, State.EXPIRED)


@dataclass(frozen=True)
class Line:
    """One registration as its owner reads it; an empty token hides its link."""

    registration: Registration
    token: str
    certificate_token: str
    survey_token: str


@login_required
@never_cache
@require_safe
def my_space(request: HttpRequest) -> HttpResponse:
    lines = [_line(registration) for registration in _registrations(request)]
    upcoming = _upcoming(lines)
    past = [line for line in reversed(lines) if _is_past(line.registration)]
    context = {
        "upcoming": upcoming,
        "past": past,
        "to_answer": [line for line in past if line.survey_token],
        "leads": led_sessions(request.user).exists(),
        "coordinates": is_coordinator(request.user),
    }
    return render(request, "pages/my_space.html", context)


def _registrations(request: HttpRequest) -> QuerySet[Registration]:
    valid = Certificate.objects.filter(status=Certificate.Status.VALID)
    return (
        with_position(own_registrations(request.user))
        .exclude(state=State.WITHDRAWN)
        .select_related("survey_invitation__survey")
        .prefetch_related(Prefetch("certificates", valid, to_attr="valid_certificates"))
        .order_by("session__starts_at", "pk")
    )


def _upcoming(lines: list[Line]) -> list[Line]:
    """What stands, and what was answered « no » to; not a refusal that a later registration replaced."""
    coming = [line for line in lines if line.registration.session.ends_at > timezone.now()]
    active = {line.registration.session_id for line in coming if line.registration.state in ACTIVE_STATES}
    return [
        line
        for line in coming
        if line.registration.state in ACTIVE_STATES
        or (line.registration.state in ANSWERED_NO and line.registration.session_id not in active)
    ]


def _is_past(registration: Registration) -> bool:
    return registration.state not in ANSWERED_NO and registration.session.ends_at <= timezone.now()


def _line(registration: Registration) -> Line:
    invitation = getattr(registration, "survey_invitation", None)
    asks = invitation and not invitation.answered and invitation.survey.closes_at > timezone.now()
    certificates = registration.valid_certificates
    return Line(
        registration=registration,
        token=registration_token(registration),
        certificate_token=certificate_token(certificates[0]) if certificates else "",
        survey_token=invitation_token(invitation) if asks else "",
    )
