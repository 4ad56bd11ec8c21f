"""What a signed-in person says of themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from events.forms.profile import ProfileForm
from members.domain.statements import rpps_looks_mistyped
from members.models import Membership
from pages.domain.own_profile import correct_own_profile

SAVED = "C’est enregistré."
MISTYPED = (
    "Ce numéro RPPS est enregistré tel quel, mais il semble contenir une faute de frappe : vérifiez-le."
)
SHOWN = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, user=user)  # type: ignore[arg-type]
    if form.is_bound and form.is_valid():
        try:
            correct_own_profile(user=user, by=user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, SAVED)
            if rpps_looks_mistyped(user.rpps):  # type: ignore[union-attr]
                messages.warning(request, MISTYPED)
            return redirect("my_profile")
    belongs = Membership.objects.filter(user=user).select_related("organisation")  # type: ignore[misc]
    context = {"form": form, "memberships": belongs.order_by("until", "-since", "pk")[:SHOWN]}
    return render(request, "pages/my_profile.html", context, status=422 if form.errors else 200)
