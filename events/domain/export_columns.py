"""The columns that an export of registrations may have, and how each of its cells is made."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.utils.timezone import localtime

from common import moments
from events.domain.answers import NO, YES, in_words
from events.models import Answer, Attendance, Registration, Session, Slot
from members.professions import Civility, Profession

Cell = Callable[[Any], Any]
FIELDS = (
    *("pk", "session_id", "last_name", "first_name", "profession", "state", "registered_at"),
    *("is_member", "civility", "source", "email", "rpps"),
)

STATES = dict(Registration.State.choices)
SOURCES = dict(Registration.Source.choices)
PROFESSIONS = dict(Profession.choices)
CIVILITIES = dict(Civility.choices)
MARKS = dict(Attendance.State.choices)

LABELS = {
    "date": "Date",
    "activity": "Dispositif",
    "session": "Session",
    "last_name": "Nom",
    "first_name": "Prénom",
    "profession": "Profession",
    "state": "État",
    "registered_at": "Inscription le",
    "presence": "Présence, par créneau",
    "answers": "Réponses aux questions",
    "needs": "Besoins alimentaires et d’accès",
    "is_member": "Adhérent·e",
    "civility": "Civilité",
    "source": "Origine",
    "email": "Adresse e-mail",
    "rpps": "Numéro RPPS",
    "signature": "Signature, par créneau",
}


class Beside:
    """What stands beside a thousand registrations: their marks and answers, read together, found by key."""

    def __init__(self, chosen: Sequence[str]) -> None:
        self.reads_marks = "presence" in chosen
        self.reads_answers = bool({"answers", "needs"} & set(chosen))
        self.marks: dict[tuple[int, int | None], str] = {}
        self.answers: dict[tuple[int, str, bool], list[str]] = {}

    def read(self, registrations: Sequence[int]) -> None:
        if self.reads_marks:
            rows = Attendance.objects.filter(registration__in=registrations)
            self.marks = {
                (one, slot): MARKS[state]
                if minutes is None
                else f"{MARKS[state]} ({moments.duration(minutes)})"
                for one, slot, state, minutes in rows.values_list("registration", "slot", "state", "minutes")
            }
        if self.reads_answers:
            self.answers = defaultdict(list)
            for each in Answer.objects.filter(registration__in=registrations).order_by("pk"):
                self.answers[each.registration_id, each.label, each.is_need].append(in_words(each))


@dataclass(frozen=True)
class Columns:
    """Headings and the cells below each, in the same order; ``beside`` is read before each chunk."""

    header: list[str]
    cells: list[Cell]
    beside: Beside


def columns(*, chosen: Sequence[str], registrations: QuerySet[Registration]) -> Columns:
    """The chosen columns in the order of ``LABELS``: presence takes one a slot, answers one a question."""
    beside = Beside(chosen)
    made = [
        pair
        for code in LABELS
        if code in chosen
        for pair in _MAKERS.get(code, _simple(code))(registrations, beside)
    ]
    return Columns([heading for heading, _ in made], [cell for _, cell in made], beside)


def slot_name(slot: Slot) -> str:
    """Short enough for the head of a column: « 17/12/2026, 19 h »."""
    return slot.label or f"{moments.short_day(slot.starts_at)}, {moments.hour(slot.starts_at)}"


Pairs = Iterable[tuple[str, Cell]]
Maker = Callable[[QuerySet[Registration], Beside], Pairs]


def _simple(code: str) -> Maker:
    return lambda _registrations, _beside: [(LABELS[code], _CELLS[code])]


def _by_session(code: str, text: Callable[[Session], str]) -> Maker:
    """The sessions of an export are few: their words are made once, not once per row."""

    def make(registrations: QuerySet[Registration], _beside: Beside) -> Pairs:
        words = {each.pk: text(each) for each in _sessions(registrations)}
        return [(LABELS[code], lambda one: words.get(one.session_id, ""))]

    return make


def _presence(registrations: QuerySet[Registration], beside: Beside) -> Pairs:
    def cell(place: int, slots: dict[int, list[Slot]]) -> Cell:
        own = {session: them[place].pk for session, them in slots.items() if place < len(them)}
        return lambda one: beside.marks.get((one.pk, own.get(one.session_id)), "")

    return _per_slot("Présence", registrations, cell)


def _signature(registrations: QuerySet[Registration], _beside: Beside) -> Pairs:
    return _per_slot("Signature", registrations, lambda _place, _slots: lambda _one: "")


def _per_slot(
    word: str, registrations: QuerySet[Registration], cell: Callable[[int, dict[int, list[Slot]]], Cell]
) -> Pairs:
    """One column per slot, named when there is one session, else numbered."""
    slots: dict[int, list[Slot]] = defaultdict(list)
    for slot in Slot.objects.filter(session__in=registrations.order_by().values("session")).order_by(
        "starts_at", "pk"
    ):
        slots[slot.session_id].append(slot)
    places = range(max(map(len, slots.values()), default=0))
    only = next(iter(slots.values())) if len(slots) == 1 else None
    return [
        (f"{word}, {slot_name(only[place]) if only else f'créneau {place + 1}'}", cell(place, slots))
        for place in places
    ]


def _questions(*, needs: bool) -> Maker:
    def make(registrations: QuerySet[Registration], beside: Beside) -> Pairs:
        def cell(label: str) -> Cell:
            return lambda one: " ; ".join(beside.answers.get((one.pk, label, needs), ()))

        asked = Answer.objects.filter(registration__in=registrations.order_by().values("pk"), is_need=needs)
        labels = (
            asked.order_by()
            .values("label")
            .annotate(order=Min("question__sort_order"), last=Max("pk"))
            .order_by("order", "last")
        )
        return [(each["label"], cell(each["label"])) for each in labels]

    return make


def _sessions(registrations: QuerySet[Registration]) -> QuerySet[Session]:
    inside = registrations.order_by().values("session")
    return Session.objects.filter(pk__in=inside).select_related("activity").order_by("pk")


def _moment(value: datetime) -> str:
    return f"{localtime(value):%d/%m/%Y %H:%M}"


_CELLS: dict[str, Cell] = {
    "last_name": lambda one: one.last_name,
    "first_name": lambda one: one.first_name,
    "profession": lambda one: PROFESSIONS.get(one.profession, ""),
    "state": lambda one: STATES[one.state],
    "registered_at": lambda one: _moment(one.registered_at),
    "is_member": lambda one: YES if one.is_member else NO,
    "civility": lambda one: CIVILITIES.get(one.civility, ""),
    "source": lambda one: SOURCES[one.source],
    "email": lambda one: one.email,
    "rpps": lambda one: one.rpps,
}
_MAKERS: dict[str, Maker] = {
    "date": _by_session("date", lambda session: _moment(session.starts_at)),
    "activity": _by_session("activity", lambda session: session.activity.title),
    "session": _by_session("session", lambda session: session.title),
    "presence": _presence,
    "signature": _signature,
    "answers": _questions(needs=False),
    "needs": _questions(needs=True),
}
