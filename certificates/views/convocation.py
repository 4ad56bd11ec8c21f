"""The convocation, for whoever holds the personal link."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.domain.convocation import convocation as rendered
from common.downloads import download
from common.errors import DomainError
from common.limits import few_documents
from common.pdf import PDF_TYPE
from events.domain.links import LinkError, read_registration_token
from events.views.registration import link_error

NAME = "convocation.pdf"


@never_cache
@require_safe
@few_documents
def convocation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever is not confirmed any more reads on their page where they stand."""
    try:
        registration = read_registration_token(token)
    except LinkError:
        return link_error(request)
    try:
        response = download(name=NAME, content_type=PDF_TYPE, content=rendered(registration))
    except DomainError:
        return redirect("events:registration", token=token)
    response["X-Robots-Tag"] = "noindex"
    return response
