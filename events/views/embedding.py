"""The list of dates that an organisation shows on its own site, in a frame.

No form, no cookie, nobody's name: any site may frame it.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.policy import framed_anywhere
from common.public import public_page
from events.access import published_sessions
from events.forms.embedding import wanted
from members.models import Organisation


@require_safe
@public_page
@framed_anywhere
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation, slug=slug)
    asked = wanted(request.GET)
    sessions = published_sessions().filter(activity__organisation=organisation).upcoming()
    if asked.activity:
        sessions = sessions.filter(activity=asked.activity)
    context = {"organisation": organisation, "sessions": sessions[: asked.count], "theme": asked.theme}
    response = render(request, "events/embed.html", context)
    response["X-Robots-Tag"] = "noindex"
    # The rest of the site keeps its addresses to itself; here the page around is whom we talk to.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
