"""Registering to several sessions of one activity in one go."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from events.access import published_sessions
from events.domain import registration as rules
from events.domain.answers import questions_by_set
from events.domain.disclosure import shown_many
from events.domain.doors import door
from events.domain.eligibility import Rule, rules_of_dates, said_waiting
from events.forms.several import Asked, SeveralForm
from events.models import ActivityPage, Session
from events.views.entrance import known_facts, visitor
from events.views.limits import check_mailbox, check_place
from events.views.outcomes import made_here, outcome_of, remember

SHOWN = 24  # dates on one page
JUST_NOW = "registered_together"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_many(request: HttpRequest) -> HttpResponse:
    asked = Asked(request.POST if request.method == "POST" else request.GET)
    offered = _offered(asked)
    if not offered:
        return redirect("events:calendar")
    activity = offered[0].activity
    if request.method != "POST":
        form = _form(request, activity, offered, ticked=asked.sessions)
        return _page(request, activity, form)
    form = _form(request, activity, offered, data=request.POST)
    status = 429
    try:
        check_place(request, offered[0])
        if form.is_valid():
            if not request.user.is_authenticated:
                check_mailbox(form.person.email, offered[0], forms=len(form.chosen))
            status = 422
            _register(request, form)
            return redirect(_outcome_url(form.chosen) + "#contenu")
        status = 422
    except DomainError as error:
        form.refuse(error)
    return _page(request, activity, form, status=status)


@never_cache
@require_safe
def registered_many(request: HttpRequest) -> HttpResponse:
    keys = request.session.get(JUST_NOW, [])
    sessions = _public().filter(pk__in=keys).order_by("starts_at", "pk")
    lines = {session: outcome for session in sessions if (outcome := outcome_of(request, session))}
    if not lines:
        return redirect("events:calendar")
    outcomes = list(lines.values())
    invited = [_is_invited(outcome) for outcome in outcomes]
    known = [bool(outcome["known"]) for outcome in outcomes]
    states = {outcome["state"] for outcome in outcomes}
    context = {
        "lines": [{"session": session, "outcome": outcome} for session, outcome in lines.items()],
        "activity": next(iter(lines)).activity,
        "outcome": outcomes[0],
        "waiting": _waiting({session: one for session, one in lines.items() if one["state"] == "waitlisted"}),
        "states": states,
        "only": "".join(states) if len(states) == 1 else "",
        "invited": any(invited),
        "all_invited": all(invited),
        "known": any(known),
        "all_known": all(known),
    }
    return render(request, "events/registered_many.html", context)


def _register(request: HttpRequest, form: SeveralForm) -> None:
    outcomes = rules.register_many(
        sessions=form.chosen, person=form.person, user=visitor(request), answers=form.answers
    )
    shown = shown_many(
        outcomes=outcomes,
        person=form.person,
        theirs=made_here(request, outcomes),
        signed_in=request.user.is_authenticated,
    )
    remember(request, outcomes, shown, form)
    request.session[JUST_NOW] = [outcome.registration.session_id for outcome in outcomes]


def _outcome_url(chosen: list[Session]) -> str:
    """One date alone is told as by its own form."""
    if len(chosen) == 1:
        return reverse("events:registered", args=[chosen[0].pk])
    return reverse("events:registered_many")


def _public() -> Any:
    return published_sessions().select_related("activity__settings")


def _offered(asked: Asked) -> list[Session]:
    """The coming dates that take names, of the activity that the address or its first date names."""
    activity = asked.activity
    if activity is None and asked.sessions:
        first = _public().filter(pk__in=asked.sessions).order_by("starts_at", "pk")
        activity = first.values_list("activity_id", flat=True).first()
    if activity is None:
        return []
    coming = _public().filter(activity=activity).upcoming()[: SHOWN * 2]
    return [session for session in coming if door(session=session).takes_names][:SHOWN]


def _form(
    request: HttpRequest,
    activity: ActivityPage,
    offered: list[Session],
    *,
    data: Any = None,
    ticked: list[int] | None = None,
) -> SeveralForm:
    return SeveralForm(
        data,
        activity=activity,
        offered=offered,
        ticked=ticked or [],
        questions=questions_by_set(offered),
        user=visitor(request),
        known=known_facts(request, activity.organisation) if data is None else None,
    )


def _page(
    request: HttpRequest, activity: ActivityPage, form: SeveralForm, *, status: int = 200
) -> HttpResponse:
    context = {"activity": activity, "form": form, "rules": rules_of_dates(form.offered)}
    return render(request, "events/several.html", context, status=status)


def _waiting(outcomes: dict[Session, dict[str, Any]]) -> list[Rule]:
    return rules_of_dates(
        list(outcomes), lambda session: [said_waiting(session, why=outcomes[session]["why"])]
    )


def _is_invited(outcome: dict[str, Any]) -> bool:
    """Whether their message carries an invitation: who was registered already has theirs."""
    return outcome["state"] == "confirmed" and not outcome["known"]
