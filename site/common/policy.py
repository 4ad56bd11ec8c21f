"""Content-Security-Policy: what a page may load, run, send and be framed by.

Public pages get the strict policy of the settings. The Wagtail admin needs a little more (see
``ADMIN_CONTENT_SECURITY_POLICY``). A page that other sites may frame says so: ``@framed_anywhere``.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

P = ParamSpec("P")
# A browser asks these of the platform for no page of ours.
PERMISSIONS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
               "microphone", "midi", "payment", "usb")  # fmt: skip
RESOURCES = "Cross-Origin-Resource-Policy"  # which sites may show what we serve as a picture, a style…
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in PERMISSIONS)


class ContentPolicy(CSPMiddleware):
    """The policy of the part of the site that answers, and the features that no page asks for."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault(RESOURCES, "same-origin")
        exempt = getattr(response, "_csp_exempt", False) or settings.DEBUG
        if not exempt and self.get_policy_parts(request, response) == PolicyParts():
            response.headers.setdefault(HEADER, _usual())
            return response
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/") and parts.config is None and not report_only:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY["DIRECTIVES"]
        return parts


def framed_anywhere(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The decorated page may stand in a frame of any site: it shows nothing personal and changes nothing."""

    @wraps(view)
    def framed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response: Any = view(request, *args, **kwargs)
        response.xframe_options_exempt = True
        response.headers[RESOURCES] = "cross-origin"
        response._csp_replace = {"frame-ancestors": ["*"]}
        return response

    return framed


@cache
def _usual() -> str:
    """Written once: every page that asks for nothing of its own has it."""
    return build_policy()
