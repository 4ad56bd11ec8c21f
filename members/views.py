"""What allauth has no page for: asking for the second factor, and signing out everywhere."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members.domain import second_factor as rules
from members.models import User

AFTER = "second_factor_next"


@require_safe
@login_required
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to one's second factor, enrol it if there is none, then go on where one was going."""
    after = _after(request)
    if rules.has_second_factor(request):
        request.session.pop(AFTER, None)
        return redirect(after or reverse("my_space"))
    if after:
        request.session[AFTER] = after
    types = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "after": after or reverse("my_space"),
        "enrolled": bool(types & set(rules.MAIN_TYPES)),
        "passkey": Authenticator.Type.WEBAUTHN in types,
        "code": bool(types - {Authenticator.Type.WEBAUTHN}),
    }
    return render(request, "members/second_factor.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "members/sign_out_everywhere.html")
    assert isinstance(request.user, User)  # noqa: S101 the decorator holds it
    rules.end_sessions(user=request.user)
    logout(request)
    messages.success(request, "Vous êtes déconnecté·e de tous vos appareils.")
    return redirect("account_login")


def _after(request: HttpRequest) -> str:
    """A path of ours, from the address or from before the enrolment; nothing else."""
    asked = request.GET.get("next") or request.session.get(AFTER) or ""
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else ""
