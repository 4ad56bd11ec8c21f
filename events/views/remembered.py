"""What this browser typed a moment ago, kept in its server-side session: for a while, and to be forgotten.

Computers of a ward are shared: half an hour, no RPPS, and a button that clears it. A page that shows it
is made for a visitor with a session cookie, hence never kept for others.
"""

import time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from events.domain.people import Person
from members.models import Organisation

PERSON = "registration_person"
OUTCOMES = "registration_outcomes"
MADE_HERE = "registrations_made_lately"
SECONDS = 1800
KEPT = ("first_name", "last_name", "email", "profession", "civility")


class Back(forms.Form):
    """Where the button was pressed."""

    suite = forms.CharField(required=False, max_length=500)


def keep_person(request: HttpRequest, person: Person, organisation: Organisation) -> None:
    before = request.session.get(PERSON, {}).get("member_of", [])
    member_of = {*before, organisation.pk} if person.is_member else {*before} - {organisation.pk}
    facts = {name: getattr(person, name) for name in KEPT}
    request.session[PERSON] = {**facts, "member_of": sorted(member_of), "at": time.time()}


def remembered_person(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Values for the form, empty when nothing is kept or it is too old."""
    kept = request.session.get(PERSON)
    if not kept or kept["at"] < time.time() - SECONDS:
        return {}
    return {**{name: kept[name] for name in KEPT}, "is_member": organisation.pk in kept["member_of"]}


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """« Ce n’est pas moi »: nothing of whoever sat here before remains."""
    for key in (PERSON, OUTCOMES, MADE_HERE):
        request.session.pop(key, None)
    form = Back(request.POST)
    target = form.cleaned_data["suite"] if form.is_valid() else ""
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("events:calendar")
    return redirect(target)
