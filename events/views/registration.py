"""Registering, what came of it, and the personal page behind a link."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from events.domain import answers, offers
from events.domain import registration as rules
from events.domain.disclosure import Shown, shown
from events.domain.eligibility import waiting_rule, why_waiting
from events.domain.links import LinkError, read_registration_token, registration_token
from events.domain.personal_links import personal_links
from events.domain.registration import Outcome
from events.domain.session_page import SESSION
from events.domain.waiting import waiting_position
from events.forms.registration import PublicForm, RegistrationForm
from events.models import ACTIVE_STATES, Registration, Session
from events.views.entrance import visitor
from events.views.limits import check_mailbox, check_place
from events.views.outcome_page import outcome_page
from events.views.outcomes import made_here, outcome_of, remember
from events.views.session import public_session, session_page
from members.domain.consents import choices

# An offered seat is accepted or declined instead.
LEAVES = set(ACTIVE_STATES) - {Registration.State.OFFERED}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        public_session(pk)
        return redirect("events:session", pk=pk)
    session = _session(pk)
    user = visitor(request)
    form = PublicForm(request.POST, organisation=session.activity.organisation, user=user, session=session)
    status = 429
    try:
        check_place(request, session)
        if form.is_valid():
            if user is None:
                check_mailbox(form.person.email, session)
            status = 422
            outcome = rules.register(
                session=session,
                person=form.person,
                user=user,
                answers=form.answers,
                questions=form.questions,
            )
            remember(request, [outcome], [_shown(request, outcome, form)], form)
            # A fragment of its own, or the browser would keep the form's « #erreurs ».
            return redirect(reverse("events:registered", args=[pk]) + "#contenu")
        status = 422
    except DomainError as error:
        form.refuse(error)
    return session_page(request, public_session(pk), form, status=status)


@never_cache
@require_safe
def registered(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(pk)
    outcome = outcome_of(request, session)
    if outcome is None:
        return redirect("events:session", pk=pk)
    return outcome_page(request, session, outcome)


@never_cache
@require_safe
def registration(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = read_registration_token(token)
    except LinkError:
        return link_error(request)
    return _personal_page(request, found)


@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    return _act(request, token, rules.withdraw)


@never_cache
@require_POST
def accept_offer(request: HttpRequest, token: str) -> HttpResponse:
    return _act(request, token, rules.accept_offer)


@never_cache
@require_POST
def decline_offer(request: HttpRequest, token: str) -> HttpResponse:
    return _act(request, token, rules.decline_offer)


def link_error(request: HttpRequest) -> HttpResponse:
    """Unknown, expired or revoked: the reader is told the same, and what to do."""
    return private(render(request, "events/link_error.html", status=404))


def private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


def _session(pk: int) -> Session:
    """What anybody may open, without the parts that its page shows."""
    found = next(iter(SESSION(pk)), None)
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, token: str, rule: Callable[..., None]) -> HttpResponse:
    """Apply ``rule`` to the registration that the link opens, and show what came of it."""
    try:
        found = read_registration_token(token)
    except LinkError:
        return link_error(request)
    try:
        rule(registration=found)
    except DomainError as error:
        return _personal_page(request, found, refusal=str(error), status=422)
    return private(redirect("events:registration", token=token))


def _personal_page(
    request: HttpRequest, found: Registration, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "registration": found,
        "answers": [(each.label, answers.in_words(each)) for each in answers.of([found])[found.pk]],
        "session": found.session,
        "token": registration_token(found),
        "position": waiting_position(found),
        "can_withdraw": found.state in LEAVES and found.session.starts_at > timezone.now(),
        "can_answer": offers.is_open(found),
        "why": why_waiting(found),
        "waiting_rule": waiting_rule(found.session),
        "is_past": found.session.ends_at <= timezone.now(),
        "refusal": refusal,
        "documents": personal_links(found),
        "agreements": choices(user=found.user, organisations=[found.session.activity.organisation]),
    }
    return private(render(request, "events/registration.html", context, status=status))


def _shown(request: HttpRequest, outcome: Outcome, form: RegistrationForm) -> Shown:
    theirs = made_here(request, [outcome])
    return shown(
        outcome=outcome,
        person=form.person,
        is_theirs=outcome.registration.pk in theirs,
        signed_in=request.user.is_authenticated,
    )
