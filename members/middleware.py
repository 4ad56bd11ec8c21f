"""What is asked before other people's data or another way in, and which of Wagtail's views coordinators open.

Wagtail's reports, its users and its usage pages name people of every organisation. What is not listed
here does not exist for anybody but an administrator, so a new release of Wagtail opens nothing. Views
of our own apps scope themselves, and the access matrix of the tests proves it.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from members.domain.recent_sign_in import signed_in_recently
from members.domain.second_factor import has_second_factor, needs_second_factor

# allauth: the sign-in page of the admin is its own.
OUR_APPS = {"allauth", "certificates", "common", "events", "members", "pages", "trainings"}
NAMESPACES = {
    "wagtailadmin_editing_sessions",
    "wagtailadmin_pages",
    "wagtaildocs",
    "wagtaildocs_chooser",
    "wagtailimages",
    "wagtailimages_chooser",
}
NAMES = {
    "wagtailadmin_account",
    "wagtailadmin_block_preview",
    "wagtailadmin_dismissibles",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_explore_root",
    "wagtailadmin_home",
    "wagtailadmin_logout",
}
PREFIX = "wagtailadmin_choose_page"
CLOSED = {("wagtailadmin_pages", "type_use"), ("wagtailadmin_pages", "type_use_results")}
# Read by the menu of pages; its actions would go round the rules of moving and copying.
OPEN = {("wagtailadmin_api:pages", "listing"), ("wagtailadmin_api:pages", "detail")}
# For administrators, though ours.
ADMINISTRATORS = {"organisations", "themes"}
# Users too may be chosen and acted upon in bulk.
IN_BULK = {"common", "events", "wagtaildocs", "wagtailimages"}

# Where other people's data are: their first words in an address.
OTHERS_DATA = ("admin/", "animation/", "emargement/")
# Signing in and out needs nothing of the kind.
SIGN_IN_AND_OUT = ("wagtailadmin_login", "wagtailadmin_logout")

# Where another way into one's account is added; allauth asks itself where there is a factor to ask for.
WAYS_IN = {"account_email", "account_set_password", "socialaccount_connections"}
FACTORS = {"mfa_activate_totp", "mfa_add_webauthn"}
LINKS = {"openid_connect_login"}


class SecondFactor(MiddlewareMixin):
    """Whoever works with other people's data uses a second factor first: see ``domain.second_factor``."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _shows_others(request, view) or not request.user.is_authenticated:
            return None
        reads = request.method in ("GET", "HEAD")
        if has_second_factor(request, grace=not reads) or not needs_second_factor(request.user):
            return None
        after = f"?{urlencode({'next': request.get_full_path()})}" if reads else ""
        return redirect(reverse("second_factor") + after)


class ForgettingBrowser:
    """Whoever signs out leaves no name in the browser: the sheet of a session keeps some for when there is
    no network (``static/escale/sheet-worker.js``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        posts = request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES
        was_signed_in = posts and request.user.is_authenticated
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"storage"'
        return response


class RecentSignIn(MiddlewareMixin):
    """A browser left open gives whoever finds it no way in for later: it signs in again first."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name or ""
        if name not in WAYS_IN | FACTORS | LINKS or not request.user.is_authenticated:
            return None
        if signed_in_recently(request, grace=request.method == "POST"):
            return None
        if name in FACTORS and get_reauthentication_flows(request.user):
            return None
        going_to = "socialaccount_connections" if name in LINKS else name
        response = render(request, "pages/sign_in_again.html", {"going_to": going_to}, status=403)
        add_never_cache_headers(response)
        return response


class CoordinatorsDoors(MiddlewareMixin):
    """Of Wagtail's views, a coordinator opens those that this module names; the others are a 404."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not request.path_info.startswith("/admin/"):
            return
        if not request.user.is_authenticated or request.user.is_superuser:
            return  # Wagtail itself asks anonymous visitors to sign in
        # Without this, sign-in sends somebody already signed in back here, for ever.
        enters = request.user.has_perm("wagtailadmin.access_admin") or view.__module__.startswith("allauth.")
        if not enters or not _is_open(request, view):
            raise Http404


def _shows_others(request: HttpRequest, view: Callable[..., Any]) -> bool:
    match = request.resolver_match
    if match.url_name in SIGN_IN_AND_OUT or view.__module__.startswith("allauth."):
        return False
    return match.route.startswith(OTHERS_DATA)


def _is_open(request: HttpRequest, view: Callable[..., Any]) -> bool:
    match = request.resolver_match
    name, space = match.url_name or "", match.namespace
    if space in ADMINISTRATORS or (space, name) in CLOSED:
        return False
    if view.__module__.partition(".")[0] in OUR_APPS or (space, name) in OPEN:
        return True
    if name == "wagtail_bulk_action":
        return match.kwargs["app_label"] in IN_BULK
    if space:
        return space in NAMESPACES
    return name in NAMES or name.startswith(PREFIX) or _needs_no_account(name)


def _needs_no_account(name: str) -> bool:
    return name in {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_login"}
