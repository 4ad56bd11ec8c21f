"""Everything that comes, as a list or by month, narrowed by what the address asks for."""

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_safe

from common.public import public_page
from common.visibility import open_to_all
from events.domain.cards import cards
from events.domain.catalogue import Found, find, first_start, offered
from events.domain.monthly import busy_days, month_days
from events.domain.months import WEEKDAYS, midnight, neighbour
from events.forms.catalogue import LIST, MONTH, CatalogueForm
from events.models import ActivityPage, Session

PER_PAGE = 24


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    form = CatalogueForm(request.GET, offered=offered())
    found = find(wanted=form.wanted())
    context = {
        "form": form,
        "chips": form.chips(),
        "said": form.said(),
        "found": found,
        "to_list": form.address(vue=LIST, mois=""),
        "to_month": form.address(vue=MONTH, du="", au=""),
        **(_month(form, found) if form.by_month else _list(form, found, request.GET.get("page", ""))),
    }
    partial = request.headers.get("HX-Request") == "true"
    template = "events/includes/catalogue_answer.html" if partial else "events/calendar.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    if partial:
        response["HX-Push-Url"] = request.path + form.address().rstrip("?")
    return response


def _list(form: CatalogueForm, found: Found, typed: str) -> dict[str, Any]:
    """``get_page`` takes any ``typed`` page for the nearest that exists."""
    page = Paginator(found.keys, PER_PAGE).get_page(typed)
    sessions = cards(page.object_list)
    return {
        "page": page,
        "months": [list(group) for _, group in groupby(sessions, key=_month_key)],
        "before": form.address(page=page.previous_page_number()) if page.has_previous() else "",
        "after": form.address(page=page.next_page_number()) if page.has_next() else "",
        "home": _home(form) if not sessions else "",
    }


def _month(form: CatalogueForm, found: Found) -> dict[str, Any]:
    month = form.month
    weeks = month_days(sessions=found.sessions, month=month, among=found.among)
    days = busy_days(weeks)
    for day in days:
        day.address = form.address(vue=LIST, mois="", du=day.date.isoformat(), au=day.date.isoformat())
    return {
        "month": month,
        "weeks": weeks,
        "days": days,
        "weekdays": WEEKDAYS,
        "in_month": len({each.session.pk for day in days for each in day.sessions})
        + sum(day.others for day in days),
        "before": _month_address(form, neighbour(month, -1)) if month > localdate() else "",
        "after": _month_address(form, neighbour(month, 1)),
        "later": _later(form, found, month) if not days else None,
        "home": _home(form) if not days else "",
    }


def _later(form: CatalogueForm, found: Found, month: date) -> dict[str, Any] | None:
    """The first session after an empty month, and the address of its month."""
    following = neighbour(month, 1)
    begins = first_start(found=found, since=midnight(following)) if following else None
    return {"date": begins, "url": _month_address(form, localdate(begins))} if begins else None


def _home(form: CatalogueForm) -> str:
    """The page of the organisation that was asked for."""
    slug = form.value("structure")
    own = open_to_all(ActivityPage.objects.filter(organisation__slug=slug)).first() if slug else None
    return own.get_parent().url or "" if own else ""


def _month_address(form: CatalogueForm, month: date | None) -> str:
    return form.address(mois=f"{month:%Y-%m}") if month else ""


def _month_key(session: Session) -> tuple[int, int]:
    start = localtime(session.starts_at)
    return start.year, start.month
