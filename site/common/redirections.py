"""Redirections that the administration wrote, asked only where an address holds nothing."""

from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware

LONGEST = 255  # what the database keeps of an address


class Redirections(RedirectMiddleware):
    """Wagtail's, which lets PostgreSQL refuse a NUL with a server error."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        address = request.path
        if response.status_code != 404 or "\x00" in address or len(address) > LONGEST:
            return response
        return super().process_response(request, response)
