"""Signatures on the screen of who leads: a person who came, and who countersigns a closed sheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from events.access import attendance_slots
from events.domain import attendance as rules
from events.domain.attendance.signing import sign
from events.forms.signing import SignatureForm
from events.models import Registration, Slot


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_here(request: HttpRequest, pk: int, registration: int) -> HttpResponse:
    """The phone is handed over: one name, one frame, one button."""
    slot = _slot(request, pk)
    if not slot.session.activity.organisation.signs_on_screen:
        raise Http404
    confirmed = Registration.State.CONFIRMED
    person = get_object_or_404(slot.session.registrations, pk=registration, state=confirmed)
    if rules.is_closed(slot) or rules.obstacle(slot=slot):
        return redirect("events:attendance", pk=pk)
    form = SignatureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sign(slot=slot, registration=person, by=request.user, **form.signature)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{person.full_name} a signé.")
            return redirect("events:attendance", pk=pk)
    context = {"slot": slot, "session": slot.session, "person": person, "form": form}
    return render(request, "events/sign.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _slot(request, pk)
    sheet = rules.current_sheet(slot)
    form = SignatureForm(request.POST)
    if sheet is None:
        messages.error(request, "Cette feuille n’est pas encore close.")
    elif not form.is_valid():
        for sentences in form.errors.values():
            messages.error(request, sentences[0])
    else:
        try:
            rules.countersign(sheet=sheet, user=request.user, strokes=form.cleaned_data["strokes"])  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Vous avez contresigné cette feuille.")
    return redirect("events:attendance", pk=pk)


def _slot(request: HttpRequest, pk: int) -> Slot:
    return get_object_or_404(attendance_slots(request.user), pk=pk)
