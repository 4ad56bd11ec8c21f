"""What a session looks like where its address is shared."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from events.access import public_sessions
from events.domain.share_card import card_of, mark_of, picture

KEPT_SECONDS = 7 * 86_400
FRESH_SECONDS = 3600


@require_safe
def session_image(request: HttpRequest, pk: int) -> HttpResponse:
    """A browser that has the picture is answered without drawing; others share one drawing."""
    session = get_object_or_404(public_sessions(), pk=pk)
    card = card_of(session)
    mark = mark_of(card)
    changed = (session.edited_at or session.created_at).timestamp()
    known = get_conditional_response(request, etag=quote_etag(mark), last_modified=int(changed))
    response = known or HttpResponse(
        cache.get_or_set(f"share-image:{mark}", lambda: picture(card), KEPT_SECONDS), content_type="image/png"
    )
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # shown where the address is shared
    response["Last-Modified"] = http_date(changed)
    response["ETag"] = quote_etag(mark)
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response
