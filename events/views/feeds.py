"""Calendars that other programs subscribe to: no cookie, no account, a condition that spares the body."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

from common.public import public_page
from common.visibility import open_to_all
from events.access import own_registrations, public_sessions
from events.domain import feeds
from events.domain.links import LinkError, read_calendar_token
from events.domain.mails import absolute
from events.forms.embedding import wanted
from events.models import ActivityPage
from members.models import Organisation


@require_safe
@public_page
def subscribe(request: HttpRequest) -> HttpResponse:
    """How to follow everything, or the dates of the organisation or activity that the address names."""
    asked = wanted(request.GET)
    organisation = (
        Organisation.objects.filter(slug=asked.organisation).first() if asked.organisation else None
    )
    shown = open_to_all(ActivityPage.objects.order_by())
    activity = shown.filter(pk=asked.activity).first() if asked.activity else None
    if activity:
        name, path = activity.title, reverse("events:feed_activity", args=[activity.pk])
    elif organisation:
        name, path = organisation.name, reverse("events:feed_organisation", args=[organisation.slug])
    else:
        name, path = "", reverse("events:feed")
    return render(request, "events/subscribe.html", {"name": name, **feeds.ways_in(absolute(path))})


@require_safe
@conditional_page
@public_page
def site_feed(request: HttpRequest) -> HttpResponse:
    return _calendar(feeds.public_feed(sessions=public_sessions(), name="Escale"))


@require_safe
@conditional_page
@public_page
def organisation_feed(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation, slug=slug)
    sessions = public_sessions().filter(activity__organisation=organisation)
    name = feeds.name_of(organisation.short_name, "Escale")
    return _calendar(feeds.public_feed(sessions=sessions, name=name))


@require_safe
@conditional_page
@public_page
def activity_feed(request: HttpRequest, pk: int) -> HttpResponse:
    shown = open_to_all(ActivityPage.objects.select_related("organisation"))
    activity = get_object_or_404(shown, pk=pk)
    name = feeds.name_of(activity.title, activity.organisation.short_name)
    return _calendar(feeds.public_feed(sessions=public_sessions().filter(activity=activity), name=name))


@require_safe
@never_cache
@conditional_page
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the address reads the calendar: programs have neither cookies nor passwords."""
    try:
        owner = read_calendar_token(token)
    except LinkError:
        raise Http404 from None
    response = _calendar(feeds.personal_feed(registrations=own_registrations(owner)))
    response["X-Robots-Tag"] = "noindex"
    return response


def _calendar(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="escale.ics"'
    return response
