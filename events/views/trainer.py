"""The trainer's space: the sessions one leads, who comes, and the list to take along."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from common.downloads import download
from common.errors import DomainError
from common.pdf import PDF_TYPE
from events import access
from events.domain.attendees import attendee_table, export_attendees
from events.domain.exports import FileType
from events.domain.led import links, slots_of, to_do
from events.domain.sign_in import sheet_name, sign_in_sheets
from events.models import Registration, Session, Slot

State = Registration.State
SEVERAL = {
    State.CONFIRMED: "Confirmées",
    State.OFFERED: "Places proposées",
    State.EXPIRED: "Propositions expirées",
    State.DECLINED: "Refusées",
    State.WITHDRAWN: "Désistées",
    State.CANCELLED: "Annulées",
}


@require_safe
@never_cache
@login_required
def led_sessions(request: HttpRequest) -> HttpResponse:
    led = access.led_sessions(request.user)  # type: ignore[arg-type]
    context = {"to_do": to_do(led), "upcoming": list(led.upcoming()), "past": list(led.past()[:30])}
    return render(request, "events/led_sessions.html", context)


@require_safe
@never_cache
@login_required
def attendees(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    table = attendee_table(session=session)
    context = {
        "session": session,
        "header": table.header,
        "rows": list(table.rows),
        "slots": slots_of(session),
        "links": links(session),
        "counts": _counts(session),
    }
    return render(request, "events/attendees.html", context)


@require_GET
@never_cache
@login_required
def attendees_file(request: HttpRequest, pk: int, file_type: str) -> HttpResponseBase:
    session = _session(request, pk)
    try:
        made = export_attendees(session=session, by=request.user, file_type=FileType(file_type))  # type: ignore[arg-type]
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("events:attendees", pk=pk)
    return download(name=made.name, content_type=made.content_type, content=made.content)


@require_GET
@never_cache
@login_required
def sheets(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every slot's sheet, to print and have signed."""
    session = _session(request, pk)
    return _sheets(request, session, list(session.slots.order_by("starts_at", "pk")))


@require_GET
@never_cache
@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One slot's sheet."""
    slot = get_object_or_404(access.attendance_slots(request.user), pk=pk)  # type: ignore[arg-type]
    return _sheets(request, slot.session, [slot])


def _sheets(request: HttpRequest, session: Session, slots: list[Slot]) -> HttpResponseBase:
    made = sign_in_sheets(session=session, slots=slots, by=request.user)  # type: ignore[arg-type]
    return download(name=sheet_name(session, slots), content_type=PDF_TYPE, content=made)


def _session(request: HttpRequest, pk: int) -> Session:
    """A session that the user leads or coordinates; any other does not exist."""
    return get_object_or_404(access.attendance_sessions(request.user), pk=pk)  # type: ignore[arg-type]


def _counts(session: Session) -> list[tuple[str, int]]:
    counted = dict(session.registrations.order_by().values_list("state").annotate(Count("pk")))
    return [
        (SEVERAL.get(State(state), label) if counted[state] > 1 else label, counted[state])
        for state, label in State.choices
        if counted.get(state)
    ]
