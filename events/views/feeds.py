"""Calendars that other programs subscribe to, and the list that other sites embed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def site_feed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


organisation_feed = activity_feed = personal_feed = embed = site_feed
