"""The sheet for a phone that loses its network: what stands, what was kept and is sent later, the worker."""

from functools import cache

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.errors import DomainError
from events.access import attendance_slots
from events.domain import attendance as rules
from events.domain.attendance.one_mark import sync_one
from events.domain.attendance.reading import standing
from events.domain.attendance.syncing import sync_walk_in
from events.domain.people import Person
from events.forms.attendance import newcomer
from events.forms.device import Newcomer, Sent, UnreadableError, read
from events.models import Slot
from events.views.attendance import milliseconds, waiting_person
from members.models import User

Answer = dict[str, object]


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: served here because its reach is its own folder."""
    return HttpResponse(_script(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_required
@never_cache
@require_safe
def state(request: HttpRequest, pk: int) -> JsonResponse:
    return JsonResponse(_stands(_slot(request, pk)))


@login_required
@never_cache
@require_POST
def sync(request: HttpRequest, pk: int) -> JsonResponse:
    """Marks and newcomers kept on a device; sending them again is harmless.

    One mark, which is what a tap sends, is answered by what it changed, unless others noted something too.
    """
    user: User = request.user  # type: ignore[assignment]
    try:
        sent = read(request.body)
    except UnreadableError:
        _slot(request, pk)
        return JsonResponse({"error": "Cet envoi ne se lit pas : rechargez la page."}, status=400)
    alone = len(sent.marks) == 1 and not sent.newcomers and sent.since is not None
    return _one_mark(request, pk, sent, user) if alone else _several(_slot(request, pk), sent, user)


def _one_mark(request: HttpRequest, pk: int, sent: Sent, by: User) -> JsonResponse:
    try:
        synced = sync_one(slot=pk, mark=sent.marks[0], by=by)
    except Slot.DoesNotExist:
        raise Http404 from None
    except DomainError as error:
        return _refused(_slot(request, pk), error)
    if synced.conflicts or synced.before != sent.since:
        return JsonResponse({**_stands(_slot(request, pk)), "conflicts": synced.conflicts})
    return JsonResponse({"closed": False, "at": milliseconds(timezone.now()), "since": synced.now})


def _several(slot: Slot, sent: Sent, by: User) -> JsonResponse:
    done: Answer = {"conflicts": {}, "newcomers": {}}
    try:
        done["conflicts"] = rules.sync_marks(slot=slot, marks=sent.marks, by=by) if sent.marks else {}
    except DomainError as error:
        return _refused(slot, error)
    done["newcomers"] = _welcome(slot, sent, by)
    return JsonResponse({**_stands(slot), **done})


def _refused(slot: Slot, error: DomainError) -> JsonResponse:
    return JsonResponse({**_stands(slot), "error": str(error)}, status=409)


def _welcome(slot: Slot, sent: Sent, by: User) -> Answer:
    return {each.key: _one(slot, each, by) for each in sent.newcomers}


def _one(slot: Slot, each: Newcomer, by: User) -> Answer:
    """One whom the rules refuse keeps nobody else back."""
    try:
        person = _person(slot, each)
        arrived = sync_walk_in(slot=slot, person=person, by=by)
    except DomainError as error:
        return {"error": str(error)}
    return {"registration": arrived.registration, "stands": arrived.stands}


def _person(slot: Slot, each: Newcomer) -> Person:
    """Somebody who waited is known by their registration; others by what was typed."""
    if each.waiting is None:
        return newcomer(each.full_name, each.email, each.profession)
    found = waiting_person(slot, each.waiting)
    if found is None:
        raise DomainError("Cette personne n’est plus inscrite à la session.")
    return found


def _stands(slot: Slot) -> Answer:
    at = milliseconds(timezone.now())
    found = standing(slot)
    if found.closed:
        return {"closed": True, "people": {}, "at": at}
    people = {pk: [*(mark or ("", None)), pk in found.signed] for pk, mark in found.marks.items()}
    return {"closed": False, "at": at, "since": found.last, "people": people}


def _slot(request: HttpRequest, pk: int) -> Slot:
    return get_object_or_404(attendance_slots(request.user), pk=pk)


@cache
def _script() -> str:
    found = finders.find("escale/sheet-worker.js")
    if not isinstance(found, str):
        raise Http404
    with open(found, encoding="utf-8") as file:
        return file.read()
