"""The sheet of a slot, on a phone: one form, so that no button loses what another part holds."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.errors import DomainError
from common.numbers import row_number
from events.access import attendance_slots
from events.domain import attendance as rules
from events.domain.attendance.countersigning import leads
from events.domain.attendance.history import versions
from events.domain.attendance.writing import Noted
from events.domain.people import Person
from events.domain.roster import Line, Roster, roster, settled
from events.domain.strokes import path_of
from events.forms.attendance import MarksForm, WalkInForm
from events.models import Attendance, AttendanceSheet, Registration, Slot


@login_required
@never_cache
@require_safe
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _slot(request, pk)
    sheet = rules.current_sheet(slot)
    if sheet is not None:
        return render(request, "events/attendance_closed.html", _closed(request, slot, sheet))
    return _page(request, slot, roster(slot=slot))


@login_required
@never_cache
@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the marks, and the walk-in if one is being typed; ``tous`` fills the rest as present."""
    return _save(request, _slot(request, pk), wants_walk_in=False)


@login_required
@never_cache
@require_POST
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, with somebody who came without a place, or from the waiting list."""
    return _save(request, _slot(request, pk), wants_walk_in=True)


def _slot(request: HttpRequest, pk: int) -> Slot:
    return get_object_or_404(attendance_slots(request.user), pk=pk)


def _save(request: HttpRequest, slot: Slot, *, wants_walk_in: bool) -> HttpResponse:
    people = roster(slot=slot)
    marks = MarksForm(request.POST, people=people.people, longest=slot.minutes)
    newcomer = WalkInForm(request.POST)
    if not marks.is_valid():
        return _page(request, slot, people, marks, newcomer, status=422)
    try:
        _mark(request, slot, marks, people)
        if waiting := request.POST.get("registration"):
            person = waiting_person(slot, row_number(waiting))
            if person is None:
                raise Http404
            _welcome(request, slot, person)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("events:attendance", pk=slot.pk)
    wants_newcomer = newcomer.is_filled or (wants_walk_in and not waiting)
    if wants_newcomer and not _add_newcomer(request, slot, newcomer):
        return _page(request, slot, roster(slot=slot), newcomer=newcomer, status=422)
    if "clore" in request.POST:
        return redirect("certificates:close_sheet", pk=slot.pk)
    return redirect("events:attendance", pk=slot.pk)


def _mark(request: HttpRequest, slot: Slot, form: MarksForm, people: Roster) -> None:
    changes = form.changes
    conflicts = rules.sync_marks(slot=slot, marks=changes, by=request.user)  # type: ignore[arg-type]
    changed = len(changes) - len(conflicts)
    if "tous" in request.POST:
        changed += rules.mark(slot=slot, marks={}, rest=Attendance.State.PRESENT, by=request.user)  # type: ignore[arg-type]
    if changed:
        messages.success(request, "C’est noté." if changed == 1 else f"C’est noté pour {changed} personnes.")
    _tell(request, conflicts, people)


def _tell(request: HttpRequest, conflicts: Mapping[int, Noted | None], people: Roster) -> None:
    """What somebody else noted meanwhile stands, and is said."""
    names = {line.registration_id: line.name for line in people.people}
    for registration, stands in conflicts.items():
        who = names.get(registration, "Une personne")
        if stands is None:
            messages.warning(request, f"{who} n’est plus confirmé·e à cette session.")
            continue
        state, minutes = stands
        said = Line(registration, who, "", state, minutes).mark_label
        messages.warning(
            request, f"{who} : « {said} » a été noté entre-temps. Votre pointage n’est pas enregistré."
        )


def waiting_person(slot: Slot, pk: int | None) -> Person | None:
    """Somebody of this session who waits, by their own address."""
    registrations = Registration.objects.filter(session_id=slot.session_id).select_related("user")
    found = registrations.filter(pk=pk).first() if pk is not None else None
    return found and Person(
        first_name=found.first_name,
        last_name=found.last_name,
        email=found.user.email,
        profession=found.profession,
    )


def _add_newcomer(request: HttpRequest, slot: Slot, form: WalkInForm) -> bool:
    if form.is_valid():
        try:
            _welcome(request, slot, form.person)
        except DomainError as error:
            form.refuse(error)
    return form.is_valid()


def _welcome(request: HttpRequest, slot: Slot, person: Person) -> None:
    registration = rules.welcome_walk_in(slot=slot, person=person, by=request.user)
    messages.success(request, f"{registration.full_name} est sur la feuille, présent·e.")


def _page(
    request: HttpRequest,
    slot: Slot,
    people: Roster,
    marks: MarksForm | None = None,
    newcomer: WalkInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(
        slot,
        roster=people,
        marks=marks or MarksForm(people=people.people, longest=slot.minutes),
        newcomer=newcomer or WalkInForm(),
        opens_newcomer=bool(newcomer and (newcomer.is_filled or newcomer.errors)),
        obstacle=rules.obstacle(slot=slot),
        starts=milliseconds(slot.starts_at),
        ends=milliseconds(slot.ends_at),
        at=milliseconds(timezone.now()),
    )
    response = render(request, "events/attendance.html", context, status=status)
    if not context["obstacle"]:
        response["X-Escale-Sheet"] = "open"  # what the service worker may keep
    return response


def _closed(request: HttpRequest, slot: Slot, sheet: AttendanceSheet) -> dict[str, object]:
    signed = list(sheet.countersignatures.select_related("user").order_by("signed_at", "pk"))
    leading = leads(session=slot.session, user=request.user)  # type: ignore[arg-type]
    own = next((each for each in signed if each.user_id == request.user.pk), None)
    draws = slot.session.activity.organisation.signs_on_screen
    return _context(
        slot,
        sheet=sheet,
        lines=settled(slot=slot),
        versions=versions(slot=slot),
        countersignatures=[(each, path_of(each.strokes)) for each in signed],
        may_countersign=leading and (own is None or (draws and not own.strokes)),
        countersigned=own is not None,  # by closing, or with a button alone: a drawing may be added
    )


def _context(slot: Slot, **extra: object) -> dict[str, object]:
    sheets = AttendanceSheet.objects.filter(slot=OuterRef("pk"))
    slots = Slot.objects.filter(session_id=slot.session_id).annotate(closed=Exists(sheets))
    return {
        "slot": slot,
        "session": slot.session,
        "slots": slots.order_by("starts_at", "pk"),
        "signs": slot.session.activity.organisation.signs_on_screen,
        **extra,
    }


def milliseconds(moment: datetime) -> int:
    """As scripts count time."""
    return int(moment.timestamp() * 1000)
