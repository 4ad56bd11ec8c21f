"""Agreements, from the personal page of a registration: whoever opens it reads the mailbox."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.errors import DomainError
from events.domain.links import LinkError, read_registration_token
from events.views.registration import link_error, private
from members.domain.consents import choices, choose


@never_cache
@require_POST
def consents(request: HttpRequest, token: str) -> HttpResponse:
    """What is ticked is agreed to, what is not is taken back; the registration stays as it is."""
    try:
        found = read_registration_token(token)
    except LinkError:
        return link_error(request)
    shown = choices(user=found.user, organisations=[found.session.activity.organisation])
    try:
        choose(user=found.user, shown=shown, agreed=request.POST.getlist("accord"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Vos choix sont enregistrés.")
    return private(redirect(reverse("events:registration", args=[token]) + "#accords"))
