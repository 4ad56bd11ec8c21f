"""What search engines read: which addresses there are, and which are nobody's to list."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.models import BasePage
from common.public import public_page
from common.visibility import open_to_all
from events.access import published_sessions

# One file holds at most 50,000 addresses; the latest sessions are what anybody looks for.
SESSIONS = 20_000
LISTS = ("events:calendar", "events:past", "certificates:verify")
# Personal, for staff, or made anew for each visitor.
PERSONAL = (
    "/admin/",
    "/animation/",
    "/attestations/pdf/",
    "/avis/",
    "/boite-aux-lettres/",
    "/compte/",
    "/emargement/",
    "/inscriptions/",
    "/mon-espace/",
    "/participants/",
    "/agendas/personnels/",
)


@require_safe
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(
        request, "pages/sitemap.xml", {"addresses": list(_addresses(request))}, content_type="application/xml"
    )


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("/",) if settings.DEMO else PERSONAL
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _addresses(request: HttpRequest) -> Iterator[tuple[str, datetime | None]]:
    for page in open_to_all(BasePage.objects.filter(depth__gt=1)).order_by("path"):
        if url := page.get_url(request):
            yield urljoin(settings.BASE_URL, url), page.last_published_at
    for name in LISTS:
        yield settings.BASE_URL + reverse(name), None
    latest = published_sessions().order_by("-starts_at", "-pk").values_list("pk", flat=True)
    before, after = reverse("events:session", args=[0]).split("0")
    for pk in latest[:SESSIONS]:
        yield f"{settings.BASE_URL}{before}{pk}{after}", None
