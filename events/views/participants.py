"""The page behind a link to the attendees: no account, nothing but the list and the sheets to print."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from common import limits
from common.downloads import download
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events.domain.attendee_links import export_by_link, open_list
from events.domain.exports import FileType
from events.domain.links import LinkError, attendees_token, read_attendees_token
from events.domain.sign_in import sheet_name, sign_in_sheets
from events.models import AttendeeLink

# From one network address in ten minutes: an hour's work for one person, an end for a program.
OPENINGS = 60

View = Callable[..., HttpResponseBase]


def by_link(view: View) -> View:
    """The decorated view is given the living link that ``token`` names."""

    @wraps(view)
    @require_GET  # a HEAD would leave a line in the journal for nothing shown
    @never_cache
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        if limits.count(request, "participants") > OPENINGS:
            response = render(request, "events/participants_gone.html", {"too_many": True}, status=429)
        else:
            try:
                response = view(request, read_attendees_token(token), **kwargs)
            except LinkError:
                response = render(request, "events/participants_gone.html", status=404)
        response["X-Robots-Tag"] = "noindex"
        return response

    return opened


@by_link
def participants(request: HttpRequest, link: AttendeeLink) -> HttpResponse:
    return _page(request, link)


@by_link
def participants_file(request: HttpRequest, link: AttendeeLink, file_type: str) -> HttpResponseBase:
    try:
        made = export_by_link(link=link, file_type=FileType(file_type))
    except DomainError as error:
        return _page(request, link, refusal=str(error), status=422)
    return download(name=made.name, content_type=made.content_type, content=made.content)


@by_link
def participants_sheets(request: HttpRequest, link: AttendeeLink) -> HttpResponseBase:
    session = link.role.session
    slots = list(session.slots.order_by("starts_at", "pk"))
    made = sign_in_sheets(session=session, slots=slots, by=None, link=link.pk)
    return download(name=sheet_name(session, slots), content_type=PDF_TYPE, content=made)


def _page(request: HttpRequest, link: AttendeeLink, *, refusal: str = "", status: int = 200) -> HttpResponse:
    table = open_list(link=link)
    context = {
        "link": link,
        "token": attendees_token(link),
        "session": link.role.session,
        "slots": link.role.session.slots.order_by("starts_at", "pk"),
        "header": table.header,
        "rows": list(table.rows),
        "refusal": refusal,
    }
    return render(request, "events/participants.html", context, status=status)
