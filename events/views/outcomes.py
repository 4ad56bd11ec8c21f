"""What came of a form, kept in the server-side session for the page that follows: nothing in a URL.

For half an hour, as what was typed: whoever sits here next learns nothing of who did before.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from events.domain.disclosure import Shown
from events.domain.registration import Outcome
from events.forms.registration import RegistrationForm
from events.models import Session
from events.views.remembered import MADE_HERE, OUTCOMES, SECONDS, keep_person


def remember(
    request: HttpRequest, outcomes: Sequence[Outcome], shown: Sequence[Shown], form: RegistrationForm
) -> None:
    now = time.time()
    created = {str(outcome.registration.pk): now for outcome in outcomes if outcome.created}
    request.session[MADE_HERE] = _made_lately(request) | created
    facts = {"email": form.person.email, "rpps_warning": form.rpps_warning, "at": now}
    request.session[OUTCOMES] = _recent(request) | {
        str(outcome.registration.session_id): {**asdict(each), **facts}
        for outcome, each in zip(outcomes, shown, strict=True)
    }
    if not request.user.is_authenticated:
        keep_person(request, form.person, form.organisation)


def outcome_of(request: HttpRequest, session: Session) -> dict[str, Any] | None:
    """None for somebody signed in who finds what another typed here before."""
    found = _recent(request).get(str(session.pk))
    if found and request.user.is_authenticated and found["email"] != request.user.email:
        return None
    return found


def made_here(request: HttpRequest, outcomes: Sequence[Outcome]) -> set[int]:
    """The registrations that this browser made a moment ago, or whose owner is signed in."""
    keys = {int(key) for key in _made_lately(request)}
    if request.user.is_authenticated:
        keys |= {each.registration.pk for each in outcomes if each.registration.user_id == request.user.pk}
    return keys


def _made_lately(request: HttpRequest) -> dict[str, float]:
    since = time.time() - SECONDS
    kept = request.session.get(MADE_HERE) or {}
    return {key: at for key, at in kept.items() if at >= since}


def _recent(request: HttpRequest) -> dict[str, Any]:
    since = time.time() - SECONDS
    kept = request.session.get(OUTCOMES, {})
    return {key: outcome for key, outcome in kept.items() if outcome["at"] >= since}
