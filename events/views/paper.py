"""Quick entry from the signed paper: numbers typed, names read again, then noted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from events.access import attendance_slots
from events.domain import attendance as rules
from events.domain.paper import enter_paper
from events.domain.roster import on_paper
from events.forms.paper import PaperForm
from events.models import Slot


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    slot = get_object_or_404(attendance_slots(request.user), pk=pk)
    if rules.is_closed(slot) or rules.obstacle(slot=slot):
        return redirect("events:attendance", pk=pk)
    form = PaperForm(request.POST if request.method == "POST" else None, slot=slot)
    reads_again = request.method == "POST" and form.is_valid()
    if reads_again and "noter" in request.POST and _entered(request, slot, form):
        return redirect("events:attendance", pk=pk)
    context = {
        "slot": slot,
        "session": slot.session,
        "form": form,
        "people": on_paper(session=slot.session),
        "entry": form.entry if reads_again and not form.errors else None,
    }
    return render(request, "events/paper.html", context, status=422 if form.errors else 200)


def _entered(request: HttpRequest, slot: Slot, form: PaperForm) -> bool:
    typed = {name: form.cleaned_data[name] for name in ("signed", "excused", "seen")}
    try:
        count = enter_paper(slot=slot, newcomers=form.newcomers, by=request.user, **typed)  # type: ignore[arg-type]
    except DomainError as error:
        form.refuse(error)
        return False
    messages.success(request, "C’est noté." if count == 1 else f"C’est noté pour {count} personnes.")
    return True
