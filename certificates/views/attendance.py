"""Closing a sheet: what will be settled, then the settling."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.domain import closing
from common.errors import DomainError
from events.access import attendance_slots
from events.domain.attendance import PARTIAL, is_closed, obstacle
from events.domain.roster import roster
from events.models import Attendance, Slot


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    slot = get_object_or_404(attendance_slots(request.user), pk=pk)
    if request.method == "POST":
        try:
            closing.close_sheet(slot=slot, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _done(slot))
        return redirect("events:attendance", pk=pk)
    if is_closed(slot) or obstacle(slot=slot):
        return redirect("events:attendance", pk=pk)
    people = roster(slot=slot).people
    unmarked = [person for person in people if not person.mark]
    counts = Counter(person.mark for person in people)
    context = {
        "slot": slot,
        "session": slot.session,
        "counts": [(label, counts[state]) for state, label in Attendance.State.choices],
        "unmarked": unmarked,
        "without_minutes": [each for each in people if each.mark in PARTIAL and not each.minutes],
        "is_last": not slot.session.slots.exclude(pk=slot.pk).filter(sheets__isnull=True).exists(),
    }
    return render(request, "certificates/close_sheet.html", context)


def _done(slot: Slot) -> str:
    if slot.session.completed_at is None:
        return "La feuille de ce créneau est close."
    return "La feuille est close. Le questionnaire et les attestations partent aux personnes venues."
