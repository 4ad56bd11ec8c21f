"""The code projected in the room, and the page it opens on people's own phones."""

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import limits
from common.errors import DomainError
from events.access import attendance_slots
from events.domain import attendance as rules
from events.domain.attendance.signing import check_in, closed_to_phones
from events.domain.links import LinkError
from events.domain.room_code import (
    read_room_pass,
    read_room_token,
    room_pass,
    room_url,
    seconds_left,
)
from events.forms.room import HereForm
from events.models import Slot
from members.models import User

# A whole room shares one network address.
FORMS_PER_PLACE = 300
FORMS_PER_ADDRESS = 12
HOUR = 3600


@login_required
@never_cache
@require_safe
def projection(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _slot(request, pk)
    context = {"slot": slot, "session": slot.session, "obstacle": _obstacle(slot), "left": seconds_left()}
    return render(request, "events/projection.html", context)


@login_required
@never_cache
@require_safe
def room_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of this half-minute as a picture; ``X-Seconds-Left`` says when to ask for the next."""
    slot = _slot(request, pk)
    if _obstacle(slot):
        return HttpResponse(status=404)
    code = segno.make(room_url(slot=slot), error="m", micro=False)
    svg = code.svg_inline(scale=8, border=3, dark="#10283b", light="#fff", omitsize=True)
    picture = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    headers = {"X-Seconds-Left": str(seconds_left())}
    return HttpResponse(picture, content_type="image/svg+xml", headers=headers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, token: str) -> HttpResponse:
    """« Je suis là ». Whoever is signed in taps once; others type the address they registered with."""
    given = request.POST.get("laissez", "")
    try:
        slot = read_room_pass(given) if request.method == "POST" else read_room_token(token)
    except LinkError:
        return render(request, "events/here_expired.html", status=410)
    if refusal := _obstacle(slot):
        return render(request, "events/here_closed.html", {"refusal": refusal, "slot": slot}, status=410)
    form = HereForm(request.POST if request.method == "POST" else None, user=_visitor(request), slot=slot)
    if request.method == "POST" and form.is_valid() and _checked_in(request, slot, form):
        return redirect("events:here_done")
    context = {
        "form": form,
        "slot": slot,
        "session": slot.session,
        "person": form.person,
        "room_pass": given or room_pass(slot=slot),  # a form that comes back gives no longer time
    }
    return render(request, "events/here.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def here_done(request: HttpRequest) -> HttpResponse:
    """The same for everybody: who leads sees who is on the sheet."""
    return render(request, "events/here_done.html")


def _checked_in(request: HttpRequest, slot: Slot, form: HereForm) -> bool:
    try:
        _count(request, form.cleaned_data.get("email", ""))
        check_in(slot=slot, **form.who, **form.signature)
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _count(request: HttpRequest, email: str) -> None:
    """Slow down who tries address after address; says nothing of any of them."""
    often = limits.count(request, "here") > FORMS_PER_PLACE
    if often or (email and limits.count_text(email, "here", seconds=HOUR) > FORMS_PER_ADDRESS):
        raise DomainError("Trop d’essais : signalez-vous à la personne qui anime, elle vous notera.")


def _visitor(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _obstacle(slot: Slot) -> str:
    if rules.is_closed(slot):
        return "La feuille d’émargement de ce créneau est close."
    return rules.obstacle(slot=slot) or closed_to_phones(slot=slot)


def _slot(request: HttpRequest, pk: int) -> Slot:
    return get_object_or_404(attendance_slots(request.user), pk=pk)
