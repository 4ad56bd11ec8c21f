"""What took place: a year at a time, activity by activity, with the figures that everybody may read."""

from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from common.public import public_page
from events.access import published_sessions
from events.domain.report.editions import editions
from events.forms.past import PastForm
from events.models import ActivityPage
from events.models.session import SessionQuerySet

PER_PAGE = 24


@require_safe
@public_page
def past(request: HttpRequest) -> HttpResponse:
    over = published_sessions().past()
    every_year = _years(over)
    form = PastForm(request.GET, organisations=_organisations(over), years=every_year)
    if slug := form.value("structure"):
        over = over.filter(activity__organisation__slug=slug)
    if form.activity:
        over = over.filter(activity=form.activity.pk)
    years = _years(over) if slug or form.activity else every_year
    year = form.year or (years[0] if years else localdate().year)
    of_year = over.filter(starts_at__year=year).order_by("activity__title", "activity", "-starts_at", "-pk")
    page = Paginator(of_year, PER_PAGE).get_page(request.GET.get("page", ""))
    groups = [(activity, list(own)) for activity, own in groupby(page, key=lambda each: each.activity)]
    figures = editions(activities=[activity.pk for activity, _own in groups], year=year)
    context = {
        "form": form,
        "said": form.said(),
        "all_activities": form.address(dispositif=""),
        "year": year,
        "years": [(each, form.address(annee=each)) for each in years],
        "page": page,
        "groups": [(activity, own, figures.get(activity.pk)) for activity, own in groups],
        "before": form.address(annee=year, page=page.number - 1) if page.has_previous() else "",
        "after": form.address(annee=year, page=page.number + 1) if page.has_next() else "",
    }
    return render(request, "events/past.html", context)


def _organisations(over: SessionQuerySet) -> list[tuple[str, str]]:
    """Activities first: an index alone says which have something that is over."""
    activities = over.order_by().select_related(None).values("activity").distinct()
    rows = ActivityPage.objects.filter(pk__in=activities).order_by()
    found = set(rows.values_list("organisation__slug", "organisation__short_name"))
    return sorted(found, key=lambda each: (each[1], each[0]))


def _years(over: SessionQuerySet) -> list[int]:
    """The latest first."""
    ends = over.order_by().aggregate(first=Min("starts_at"), last=Max("starts_at"))
    if ends["first"] is None:
        return []
    return list(range(localdate(ends["last"]).year, localdate(ends["first"]).year - 1, -1))
