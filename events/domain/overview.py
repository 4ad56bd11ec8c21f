"""A session at a glance, for who coordinates it: the people by state, the sheets, what was sent.

As many queries for two people as for two thousand: beyond ``SHOWN`` a group only says how many there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from events.domain import answers
from events.domain.eligibility import why_waiting
from events.domain.waiting import queue
from events.models import (
    Answer,
    Attendance,
    AttendanceSheet,
    JournalEntry,
    Message,
    Registration,
    Session,
    Slot,
    Survey,
)
from events.models.attendance import CAME
from events.models.message import SURVEY_KINDS

SHOWN = 50
LAST = 8
State = Registration.State


@dataclass(frozen=True)
class Line:
    """One person in a group; ``position`` is 0 outside of the waiting list."""

    registration: Registration
    said: Sequence[tuple[str, str]] = ()
    position: int = 0
    why: str = ""


@dataclass(frozen=True)
class Group:
    """People in one state, or in states that read alike; ``total`` counts those not shown too."""

    key: str
    heading: str
    states: tuple[State, ...]
    total: int
    lines: list[Line] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.total - len(self.lines)


Order = Callable[[Session], "QuerySet[Registration]"]


def _by_name(session: Session) -> QuerySet[Registration]:
    return session.registrations.order_by("last_name", "first_name", "pk")


def _by_deadline(session: Session) -> QuerySet[Registration]:
    return session.registrations.order_by("offered_until", "pk")


def _by_arrival(session: Session) -> QuerySet[Registration]:
    return session.registrations.order_by("registered_at", "pk")


def _latest_first(session: Session) -> QuerySet[Registration]:
    return session.registrations.order_by("-state_changed_at", "-pk")


GROUPS: tuple[tuple[str, str, tuple[State, ...], Order], ...] = (
    ("demandes", "Demandes à valider", (State.PENDING,), _by_arrival),
    ("confirmees", "Personnes confirmées", (State.CONFIRMED,), _by_name),
    ("propositions", "Places proposées", (State.OFFERED,), _by_deadline),
    ("attente", "Liste d’attente", (State.WAITLISTED,), queue),
    (
        "parties",
        "Désistements, refus et annulations",
        (State.WITHDRAWN, State.DECLINED, State.EXPIRED, State.CANCELLED),
        _latest_first,
    ),
)


def people(*, session: Session) -> list[Group]:
    """Everybody by state, those to answer first; only the confirmed are named when they are nobody."""
    counted = session.registrations.order_by().values_list("state").annotate(Count("pk"))
    totals = dict(counted)
    found = {key: list(order(session).filter(state__in=states)[:SHOWN]) for key, _h, states, order in GROUPS}
    said = answers.of([one for group in found.values() for one in group])
    groups = []
    for key, heading, states, _order in GROUPS:
        lines = [_line(one, session, said[one.pk], number) for number, one in enumerate(found[key], start=1)]
        groups.append(Group(key, heading, states, sum(totals.get(state, 0) for state in states), lines))
    return groups


def line(registration: Registration) -> Line:
    """One person alone, with the answers given at registration."""
    return Line(registration, _in_words(answers.of([registration])[registration.pk]))


def _line(registration: Registration, session: Session, said: Sequence[Answer], number: int) -> Line:
    registration.session = session
    waits = registration.state == State.WAITLISTED
    if waits:
        registration.position = number  # type: ignore[attr-defined]
    return Line(registration, _in_words(said), number if waits else 0, why_waiting(registration))


def _in_words(said: Sequence[Answer]) -> list[tuple[str, str]]:
    return [(answer.label, answers.in_words(answer)) for answer in said]


@dataclass(frozen=True)
class SlotLine:
    """A slot with what its sheet says so far; ``sheet`` is its last version, once closed."""

    slot: Slot
    present: int
    absent: int
    sheet: AttendanceSheet | None

    @property
    def marked(self) -> int:
        return self.present + self.absent


def sheets(*, session: Session) -> list[SlotLine]:
    slots = list(
        session.slots.annotate(
            present=Count("attendances", filter=Q(attendances__state__in=CAME)),
            absent=Count("attendances", filter=~Q(attendances__state__in=CAME)),
        ).order_by("starts_at", "pk")
    )
    closed = AttendanceSheet.objects.filter(slot__in=slots).select_related("closed_by")
    latest = {sheet.slot_id: sheet for sheet in closed.defer("content").order_by("slot", "version")}
    return [SlotLine(slot, slot.present, slot.absent, latest.get(slot.pk)) for slot in slots]


@dataclass(frozen=True)
class SurveyLine:
    """How many were asked and how many answered: never a mark, which the results alone may group."""

    survey: Survey
    invited: int
    answered: int

    @property
    def is_open(self) -> bool:
        return self.survey.unsealed_at is None and self.survey.closes_at > timezone.now()

    @property
    def waits(self) -> bool:
        """Over, with too few answers to be opened alone."""
        return self.survey.unsealed_at is None and not self.is_open and self.answered > 0


def surveys(*, session: Session) -> list[SurveyLine]:
    found = (
        Survey.objects.filter(session=session)
        .annotate(
            invited=Count("invitations", distinct=True),
            received=Count("responses", distinct=True) + Count("sealed", distinct=True),
        )
        .order_by("opened_at", "pk")
    )
    return [SurveyLine(each, each.invited, each.received) for each in found]


@dataclass(frozen=True)
class Sent:
    """``surveys`` invitations and reminders to answer left, to nobody knows whom."""

    last: list[Message]
    totals: list[tuple[str, int]]
    surveys: int


def messages(*, session: Session) -> Sent:
    """The last messages about the session, and how many are in each state."""
    about_surveys = Q(kind__startswith=SURVEY_KINDS)
    mine = Message.objects.filter(session=session)
    rows = mine.order_by().values_list("state")
    counted = rows.annotate(told=Count("pk", filter=~about_surveys), asking=Count("pk", filter=about_surveys))
    told = {state: number for state, number, _asking in counted}
    asking = sum(number for state, _told, number in counted if state == Message.State.SENT)
    totals = [(label, told[state]) for state, label in Message.State.choices if told.get(state)]
    return Sent(list(mine.exclude(about_surveys).order_by("-created_at", "-pk")[:LAST]), totals, asking)


def history(*, session: Session) -> list[JournalEntry]:
    entries = JournalEntry.objects.filter(session_id=session.pk).select_related("user")
    return list(entries.order_by("-timestamp", "-pk")[:LAST])


def messages_to(*, registration: Registration) -> list[Message]:
    told = registration.messages.exclude(kind__startswith=SURVEY_KINDS)
    return list(told.order_by("-created_at", "-pk")[:SHOWN])


def attendances(*, registration: Registration) -> list[Attendance]:
    marks = registration.attendances.select_related("slot", "marked_by")
    return list(marks.order_by("slot__starts_at", "slot"))


def history_of(*, registration: Registration) -> list[JournalEntry]:
    entries = JournalEntry.objects.for_instance(registration).select_related("user")
    return list(entries.order_by("-timestamp", "-pk")[:SHOWN])
