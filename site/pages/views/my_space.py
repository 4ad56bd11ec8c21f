"""A signed-in person's own registrations, certificates and surveys to answer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import led_sessions
from events.forms.profile import asked_year
from members.access import is_coordinator
from pages.domain import own_space
from pages.domain.own_hours import hours_per_year
from trainings.domain.hours import hours_per_training


@login_required
@never_cache
@require_safe
def my_space(request: HttpRequest) -> HttpResponse:
    user = request.user
    upcoming = own_space.coming(user)  # type: ignore[arg-type]
    context = {
        "offers": [line for line in upcoming if line.can_answer],
        "upcoming": [line for line in upcoming if not line.can_answer],
        "to_answer": own_space.surveys(user),  # type: ignore[arg-type]
        "past": own_space.past(user, year=asked_year(request.GET)),  # type: ignore[arg-type]
        "hours": hours_per_year(user),  # type: ignore[arg-type]
        "trainings": hours_per_training(user=user),  # type: ignore[arg-type]
        "leads": led_sessions(user).exists(),
        "coordinates": is_coordinator(user),
    }
    return render(request, "pages/my_space.html", context)
