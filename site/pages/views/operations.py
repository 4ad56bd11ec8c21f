"""What programs that watch the service ask: is it alive, is it ready, its figures (docs/surveiller.md)."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import metrics
from pages.domain import figures, readiness

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of the database, which a new process would not mend."""
    return JsonResponse({"vivant": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    found = readiness.parts()
    is_ready = readiness.is_ready(found)
    return JsonResponse({"pret": is_ready, **found}, status=200 if is_ready else 503)


@never_cache
@require_safe
def figures_text(request: HttpRequest) -> HttpResponse:
    """Nothing exists here for whoever does not know the word."""
    given = request.headers.get("Authorization", "").encode()
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, expected):
        raise Http404
    return HttpResponse(metrics.text(figures.gauges()), content_type=PROMETHEUS)
