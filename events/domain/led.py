"""What waits for who leads: sheets to close, sheets to countersign, and what other apps add to a session."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from wagtail import hooks

from events.models import AttendanceSheet, Registration, Session, Signature, Slot

HOOK = "escale_led_links"
LOOKS_BACK = timedelta(days=90)


@dataclass(frozen=True)
class ToDo:
    """One thing to do at a slot; ``what`` says it in a few words."""

    slot: Slot
    what: str


@dataclass(frozen=True)
class LedLink:
    """A page that another app has for who leads a session; ``note`` says where it stands, if anything."""

    label: str
    url: str
    note: str = ""


def to_do(sessions: QuerySet[Session]) -> list[ToDo]:
    """What waits in ``sessions`` (those of one person), the latest first."""
    now = timezone.now()
    expected = Registration.objects.filter(session=OuterRef("session"), state=Registration.State.CONFIRMED)
    slots = Slot.objects.filter(
        session__in=sessions.order_by(),
        session__status=Session.Status.PUBLISHED,
        session__imported=False,
        starts_at__lte=now + timedelta(days=1),
        ends_at__gt=now - LOOKS_BACK,
    ).annotate(expects=Exists(expected))
    slots = slots.select_related("session__activity").prefetch_related(_versions())
    return [
        ToDo(slot, what)
        for slot in slots.order_by("-starts_at", "-pk")
        if (what := _what(slot, expects=slot.expects))
    ]


def slots_of(session: Session) -> list[ToDo]:
    """Each slot of ``session``, and what waits there; nothing for most."""
    found = session.slots.prefetch_related(_versions()).order_by("starts_at", "pk")
    for slot in found:
        slot.session = session
    return [ToDo(slot, _what(slot, expects=session.seats_taken > 0)) for slot in found]


def links(session: Session) -> list[LedLink]:
    """What other apps offer beside the list and the sheets."""
    makers: list[Callable[[Session], Iterator[LedLink]]] = hooks.get_hooks(HOOK)
    return [link for make in makers for link in make(session)]


def _versions() -> Prefetch:
    """The last version first, with whether somebody who leads answered for it."""
    signed = Exists(Signature.objects.filter(sheet=OuterRef("pk")))
    rows = AttendanceSheet.objects.defer("content").annotate(is_countersigned=signed)
    return Prefetch("sheets", rows.order_by("-version"), to_attr="versions")


def _what(slot: Slot, *, expects: bool) -> str:
    versions: list[AttendanceSheet] = slot.versions  # type: ignore[attr-defined]
    if not versions:
        return _open(slot) if expects else ""
    last = versions[0]
    counts = last.source == "sheet" and not last.is_countersigned  # type: ignore[attr-defined]
    return "À contresigner" if counts else ""


def _open(slot: Slot) -> str:
    if slot.ends_at <= timezone.now():
        return "Feuille à clore"
    return "À émarger aujourd’hui" if timezone.localdate(slot.starts_at) <= timezone.localdate() else ""
