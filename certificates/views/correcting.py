"""Correcting a closed sheet: what it should have said, what will follow, then the new version."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.domain import closing
from certificates.forms.correcting import CorrectionForm
from common.errors import DomainError
from events.access import attendance_slots
from events.domain.attendance import current_sheet, obstacle
from events.domain.roster import correctable_lines
from events.forms.attendance import WalkInForm
from events.models import AttendanceSheet, Slot


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """``confirmer`` writes; without it, what would change is shown first, and ``modifier`` goes back."""
    slot = get_object_or_404(attendance_slots(request.user), pk=pk)
    sheet = current_sheet(slot)
    if sheet is None or obstacle(slot=slot):
        return redirect("events:attendance", pk=pk)
    data = request.POST if request.method == "POST" else None
    people = correctable_lines(slot=slot, sheet=sheet)
    form = CorrectionForm(data, people=people, longest=slot.minutes, initial={"version": sheet.version})
    forgotten = WalkInForm(data)
    if not forgotten.is_filled:
        forgotten = WalkInForm()  # nobody was forgotten: nothing is missing of them
    if data is None or "modifier" in data:
        return _page(request, slot, sheet, form, forgotten)
    if not _is_valid(form, forgotten):
        return _page(request, slot, sheet, form, forgotten, status=422)
    if "confirmer" not in data:
        return _page(request, slot, sheet, form, forgotten, shows_plan=True)
    try:
        _correct(request, slot, form, forgotten)
    except DomainError as error:
        form.refuse(error)
        return _page(request, slot, sheet, form, forgotten, status=422)
    messages.success(request, "La feuille est corrigée. Les personnes concernées sont prévenues.")
    return redirect("events:attendance", pk=pk)


def _is_valid(form: CorrectionForm, forgotten: WalkInForm) -> bool:
    valid = form.is_valid()
    if forgotten.is_filled:
        valid = forgotten.is_valid() and valid
    elif valid and not form.changes:
        form.add_error(None, "Rien ne change : la feuille dit déjà cela.")
        return False
    return valid


def _correct(request: HttpRequest, slot: Slot, form: CorrectionForm, forgotten: WalkInForm) -> None:
    closing.correct_sheet(
        slot=slot,
        marks=form.marks,
        minutes=form.minutes,
        reason=form.cleaned_data["reason"],
        seen=form.cleaned_data["version"],
        forgotten=forgotten.person if forgotten.is_filled else None,
        by=request.user,
    )


def _page(
    request: HttpRequest,
    slot: Slot,
    sheet: AttendanceSheet,
    form: CorrectionForm,
    forgotten: WalkInForm,
    *,
    shows_plan: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "slot": slot,
        "session": slot.session,
        "sheet": sheet,
        "form": form,
        "forgotten": forgotten,
        "opens_forgotten": forgotten.is_filled,
        "newcomer": forgotten.cleaned_data if shows_plan and forgotten.is_filled else None,
        "changes": form.changes if shows_plan else [],
    }
    name = "correct_sheet_plan" if shows_plan else "correct_sheet"
    return render(request, f"certificates/{name}.html", context, status=status)
