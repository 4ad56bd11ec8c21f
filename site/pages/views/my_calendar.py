"""The address of a person's own calendar, and how to change it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.domain.feeds import ways_in
from events.domain.links import calendar_url
from members.domain.profile import change_calendar_address

CHANGED = (
    "Votre agenda a une nouvelle adresse. L’ancienne ne mène plus nulle part : abonnez-vous à la nouvelle."
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        change_calendar_address(user=request.user)  # type: ignore[arg-type]
        messages.success(request, CHANGED)
        return redirect("my_calendar")
    ways = ways_in(calendar_url(request.user))  # type: ignore[arg-type]
    return render(request, "pages/my_calendar.html", ways)
