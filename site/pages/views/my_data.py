"""A person's rights over their own data: read, agree, take a copy, be erased."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.downloads import download
from common.errors import DomainError
from members.domain.consents import choose
from members.domain.recent_sign_in import signed_in_recently
from members.domain.retention import policy
from pages.domain import erasure
from pages.domain.own_data import as_json, own_data
from pages.domain.own_data_words import sections
from pages.domain.rights import agreements, held

View = Callable[..., HttpResponseBase]
# Where somebody who signs in again may go on.
AGAIN = (
    *("my_copy", "my_copy_json", "my_erasure", "account_email", "account_set_password"),
    *("mfa_activate_totp", "mfa_add_webauthn", "socialaccount_connections"),
)


def after_a_recent_sign_in(view: View) -> View:
    """Else the page that asks for it; nothing is done meanwhile."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if signed_in_recently(request):
            return view(request, *args, **kwargs)
        context = {"going_to": request.resolver_match.url_name}
        return render(request, "pages/sign_in_again.html", context, status=403)

    return asked


@login_required
@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {"held": held(user=user), "agreements": agreements(user=user), "kept": policy()}
    return render(request, "pages/my_data.html", context)


@login_required
@never_cache
@require_POST
def my_consents(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    try:
        choose(user=user, shown=agreements(user=user), agreed=request.POST.getlist("accord"))
    except DomainError as error:  # erased in another browser, an instant ago
        messages.error(request, str(error))
    else:
        messages.success(request, "Vos choix sont enregistrés.")
    return redirect(reverse("my_data") + "#accords")


@login_required
@never_cache
@require_safe
@after_a_recent_sign_in
def my_copy(request: HttpRequest) -> HttpResponse:
    data = own_data(user=request.user)  # type: ignore[arg-type]
    found = sections(data)
    context = {
        "sections": [section for section in found if section.rows],
        "empty": [section.title for section in found if not section.rows],
        "made_at": data["copie_faite_le"],
    }
    return render(request, "pages/my_copy.html", context)


@login_required
@never_cache
@require_safe
@after_a_recent_sign_in
def my_copy_json(request: HttpRequest) -> HttpResponseBase:
    content = as_json(own_data(user=request.user))  # type: ignore[arg-type]
    return download(name="mes-donnees-escale.json", content_type="application/json", content=content)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@after_a_recent_sign_in
def my_erasure(request: HttpRequest) -> HttpResponse:
    """Read what will happen, then confirm, then it is done: two steps, no way back."""
    user: Any = request.user
    refusal = ""
    if request.method == "POST" and request.POST.get("etape") == "effacer":
        if request.POST.get("compris") == "oui":
            try:
                erasure.erase(user=user, by=None, reason=erasure.Reason.PERSON)
            except DomainError as error:
                refusal = str(error)
            else:
                logout(request)
                return redirect("my_erased")
        else:
            refusal = "Cochez la case pour confirmer, ou gardez votre compte."
    sure = request.method == "POST"
    context = {"plan": erasure.plan(user=user), "sure": sure, "refusal": refusal}
    return render(request, "pages/my_erasure.html", context, status=422 if refusal else 200)


@never_cache
@require_safe
def my_erased(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/my_erased.html")


@login_required
@never_cache
@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("vers", "")
    target = reverse(asked if asked in AGAIN else "my_data")
    logout(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
