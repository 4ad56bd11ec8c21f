"""Everything that comes, month by month."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from common.public import public_page
from events.access import published_sessions
from events.models import Session


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    months = [list(group) for _, group in groupby(published_sessions().upcoming(), key=_month)]
    return render(request, "events/calendar.html", {"months": months})


def _month(session: Session) -> tuple[int, int]:
    start = localtime(session.starts_at)
    return start.year, start.month
