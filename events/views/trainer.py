"""The trainer's space: the sessions one leads, who comes, and the list to take along."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from common.spreadsheets import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx
from events import access
from events.domain.attendees import attendee_table, export_attendees
from events.models import Registration, Session


@require_safe
@never_cache
@login_required
def led_sessions(request: HttpRequest) -> HttpResponse:
    led = access.led_sessions(request.user)  # type: ignore[arg-type]
    return render(
        request, "events/led_sessions.html", {"upcoming": list(led.upcoming()), "past": list(led.past()[:30])}
    )


@require_safe
@never_cache
@login_required
def attendees(request: HttpRequest, pk: int) -> HttpResponse:
    session = _session(request, pk)
    context = {
        "session": session,
        "table": attendee_table(session=session),
        "slots": session.slots.prefetch_related("sheets"),
        "counts": _counts(session),
    }
    return render(request, "events/attendees.html", context)


@require_GET
@never_cache
@login_required
def attendees_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    session = _session(request, pk)
    table = export_attendees(session=session, by=request.user, file_type="csv")  # type: ignore[arg-type]
    response = StreamingHttpResponse(write_csv(table.rows, table.header), content_type=CSV_TYPE)
    return _as_file(response, session, "csv")


@require_GET
@never_cache
@login_required
def attendees_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    session = _session(request, pk)
    table = export_attendees(session=session, by=request.user, file_type="xlsx")  # type: ignore[arg-type]
    data = write_xlsx(table.rows, table.header, "Participants")
    return _as_file(HttpResponse(data, content_type=XLSX_TYPE), session, "xlsx")


def _session(request: HttpRequest, pk: int) -> Session:
    """A session that the user leads or coordinates; any other does not exist."""
    return get_object_or_404(access.attendance_sessions(request.user), pk=pk)  # type: ignore[arg-type]


def _counts(session: Session) -> list[tuple[str, int]]:
    counted = dict(session.registrations.order_by().values_list("state").annotate(Count("pk")))
    return [(label, counted[state]) for state, label in Registration.State.choices if counted.get(state)]


def _as_file(response: HttpResponseBase, session: Session, ending: str) -> HttpResponseBase:
    name = slugify(f"participants {session.title} {localtime(session.starts_at):%Y-%m-%d}")[:100]
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
