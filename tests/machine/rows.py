"""What the database says, read without the domain's own queries, and held against the model."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, models

from certificates.models import Certificate
from events.domain import attendance, erasure, message_rules, outbox, registration, survey, upkeep
from events.domain.report import tallies
from events.models import (
    Attendance,
    AttendanceSheet,
    JournalEntry,
    Message,
    Registration,
    SealedResponse,
    Survey,
    SurveyInvitation,
    SurveyResponse,
)
from events.models import Session as Row
from members.models import User
from pages.domain.own_hours import hours_per_year
from pages.domain.retention import purge_once_a_night
from tests.machine.model import ACTIVE, Session
from tests.machine.record import CAME

if TYPE_CHECKING:
    from tests.machine.world import World

CANARY = re.compile(r"kanari(?:na)?(\d+)", re.I)
COUNTED = (
    *("events_registration", "events_message", "events_journalentry", "events_attendance"),
    *("events_attendancesheet", "events_surveyinvitation", "certificates_certificate", "members_user"),
)
OF_INVITATIONS = timedelta(days=180)  # six months, after which the night forgets them
OURS = ("certificates", "events", "members", "pages", "trainings")
# Counted by the model; the others leave by the clock alone, each under a key of its own.
COUNTED_KINDS = (
    *("confirmed", "waitlisted", "pending", "approved", "declined", "promoted", "offered"),
    *("offer_declined", "offer_expired", "withdrawn", "withdrawn_by_staff", "transferred", "cancelled"),
    *("moved", "already_registered", "after", "certificate", "certificate_revoked"),
)


class Outgoing(BaseEmailBackend):
    """Mails go nowhere, and are counted."""

    sent = 0

    def send_messages(self, messages: Any) -> int:
        for each in messages:
            each.message()
        Outgoing.sent += len(messages)
        return len(messages)


def number(email: str) -> int | None:
    found = CANARY.match(email)
    return int(found[1]) if found else None


def seats_due() -> None:
    registration.expire_offers()
    registration.fill_due()


def words_due() -> None:
    message_rules.queue_due()


def run_due(*, mails: int) -> None:
    """The steps of ``manage.py run_due`` that touch what the model knows, in their order."""
    seats_due()
    outbox.free_stuck_messages()
    survey.queue_due()
    survey.unseal_due()
    words_due()
    attendance.remind_open_sheets()
    outbox.deliver_due(limit=mails)
    erasure.forget_farewells()
    purge_once_a_night()


def fingerprint(*, whole: bool) -> str:
    with connection.cursor() as cursor:
        if not whole:
            parts = [f"(SELECT COUNT(*) FROM {name}), (SELECT MAX(id) FROM {name})" for name in COUNTED]
            cursor.execute(f"SELECT {', '.join(parts)}")
            return str(cursor.fetchone())
        digest = hashlib.sha256()
        for model in _models():
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            digest.update(repr(cursor.fetchall()).encode())
        return "whole " * 50 + digest.hexdigest()


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS and model._meta.managed]


# --- after every operation: the sessions that it touched ----------------------------------------------
def check(world: "World", session: Session) -> None:
    key, model = world.keys[session], world.model
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, completed_at IS NOT NULL, capacity, overbooking, excess, seats_taken, waiting"
            " FROM events_session WHERE id = %s",
            [key],
        )
        status, completed, capacity, overbooking, *counters = cursor.fetchone()
        cursor.execute(
            "SELECT id, state, waited, offered_until IS NOT NULL, is_member, user_id"
            " FROM events_registration WHERE session_id = %s",
            [key],
        )
        found = {pk: facts for pk, *facts in cursor.fetchall()}
    facts = (status, bool(completed), capacity, capacity + overbooking)
    assert facts == (session.status, session.completed, session.capacity, session.seats)
    said = {
        world.keys[place]: [place.state, place.waited, place.until is not None, place.member]
        for place in session.places
    }
    stored = {pk: each[:4] for pk, each in found.items()}
    assert stored == said, ("states", _differences(stored, said))
    _check_seats(session, found, counters, now=model.now, settled=model.settled)
    _check_messages(world, session, key)


def _differences(stored: dict[int, Any], said: dict[int, Any]) -> dict[int, Any]:
    keys = stored.keys() | said.keys()
    return {key: (stored.get(key), said.get(key)) for key in keys if stored.get(key) != said.get(key)}


def _check_seats(
    session: Session, found: dict[int, list[Any]], counters: list[int], *, now: datetime, settled: bool
) -> None:
    """By the rows alone: capacity, overbooking and rules are those that were typed."""
    excess, seats_taken, waiting = counters
    states = Counter(each[0] for each in found.values())
    holding = states["confirmed"] + states["offered"]
    assert (seats_taken, waiting) == (holding, states["waitlisted"]), "counters"
    assert excess == max(0, holding - session.seats), "more people than seats"
    active = [user for state, *_, user in found.values() if state in ACTIVE]
    assert len(active) == len(set(active)), "two active registrations of one person"
    for state, waited, until, *_ in found.values():
        assert (state == "offered") == until, "an offer without end, or an end without offer"
        assert waited or state != "waitlisted"
    hours = (session.start - now).total_seconds() / 3600
    if settled and session.status == "published" and hours > session.cutoff:
        only_members = session.first is not None and now < session.first
        eligible = [
            pk for pk, each in found.items() if each[0] == "waitlisted" and (each[3] or not only_members)
        ]
        assert holding >= session.seats or not eligible, "a seat is free and somebody eligible waits"


def _check_messages(world: "World", session: Session, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registration_id, kind, rule_id FROM events_message WHERE session_id = %s", [key]
        )
        stored = Counter(
            (place, world.rules[rule].kind if rule else kind)
            for place, kind, rule in cursor.fetchall()
            if rule or kind in COUNTED_KINDS
        )
    owed: Counter[Any] = Counter()
    for what, count in world.owed_of(session):
        owed[world.keys[what[0]], what[1]] += count
    assert stored == +owed, ("messages", stored - owed, owed - stored)


# --- now and then: everything ---------------------------------------------------------------------------
def check_all(world: "World") -> None:
    for session in world.model.sessions:
        check(world, session)
    assert upkeep.wrong_counters() == []
    offered = dict(Registration.objects.filter(state="offered").values_list("pk", "offered_until"))
    places = [place for session in world.model.sessions for place in session.holding("offered")]
    assert offered == {world.keys[place]: place.until for place in places}, "until when a seat is offered"
    _check_sheets(world)
    _check_tallies()
    _check_hours(world)
    _check_papers(world)
    _check_opinions(world)
    _check_journal(world)
    _check_mails(world)
    proven = {place.person.number for place, _kind in world.model.papers if world.proves(place)}
    check_forgotten({each.number for each in world.erased}, proven=proven)


def _check_sheets(world: "World") -> None:
    marks: dict[int, dict[int, Any]] = {}
    rows = Attendance.objects.values_list("slot", "registration", "state", "minutes")
    for slot, place, state, minutes in rows:
        marks.setdefault(slot, {})[place] = (state, minutes)
    sheets: dict[int, list[dict[int, Any]]] = {}
    for sheet in AttendanceSheet.objects.order_by("slot", "version"):
        text = json.dumps(sheet.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sheet.content_hash == hashlib.sha256(text.encode()).hexdigest()
        assert world.sheets.setdefault(sheet.pk, sheet.content_hash) == sheet.content_hash, "a sheet changed"
        said = {each["registration"]: (each["state"], each.get("minutes")) for each in sheet.content}
        sheets.setdefault(sheet.slot_id, []).append(said)
    for session in world.model.sessions:
        for slot in session.slots:
            key = world.keys[slot]
            said = {world.keys[place]: each for place, each in slot.marks.items()}
            assert marks.get(key, {}) == said, "marks"
            versions = [{world.keys[place]: each for place, each in sheet.items()} for sheet in slot.sheets]
            assert sheets.get(key, []) == versions, "sheets"


def _check_tallies() -> None:
    """What reports keep of each session is what the rows say, before it is counted again and after."""
    everything = Row.objects.order_by("pk")
    pks = list(everything.values_list("pk", flat=True))
    said = {pk: sorted(each.came()) for pk, each in tallies.counted(everything).items()}
    for _ in range(2):
        kept = tallies.tallies(everything, pks=pks)
        rows = tallies.counted(everything)
        assert {pk: each._replace(people=b"") for pk, each in kept.items()} == {
            pk: each._replace(people=b"") for pk, each in rows.items()
        }, "a tally that is out of date"
        assert {pk: sorted(each.came()) for pk, each in kept.items()} == said, "who came"
        tallies.refresh_due()


def _check_hours(world: "World") -> None:
    for person in world.people[:4]:
        user = User.objects.filter(email=f"kanari{person.number}@example.org").first()
        years = hours_per_year(user) if user else []
        assert sum(year.total for year in years) == world.model.hours(person), "hours"


def _check_papers(world: "World") -> None:
    last: dict[tuple[int, str], Certificate] = {}
    numbers = []
    for each in Certificate.objects.order_by("issued_at", "version", "pk"):
        last[each.registration_id, each.kind] = each
        numbers.append(each.number)
    assert len(set(numbers)) == len(numbers)
    papers = {(world.keys[place], kind): paper for (place, kind), paper in world.model.papers.items()}
    assert set(last) == set(papers), "certificates"
    for key, paper in papers.items():
        stored = last[key]
        assert stored.status == paper.status, "a certificate's state"
        if paper.status == "valid":
            assert [slot["minutes"] for slot in stored.facts["slots"]] == [spent for _, spent in paper.says]
            assert stored.facts["minutes"] == sum(spent for _, spent in paper.says)
    came = {
        place
        for session in world.model.sessions
        for slot in session.slots
        for place, (state, _minutes) in (slot.sheets[-1] if slot.sheets else {}).items()
        if state in CAME
    }
    valid = {place for (place, _kind), paper in world.model.papers.items() if paper.status == "valid"}
    assert valid <= came, "a certificate without recorded presence"


def _check_opinions(world: "World") -> None:
    surveys = {row.session_id: row for row in Survey.objects.all()}
    said = {world.keys[session]: each for session, each in world.model.surveys.items()}
    assert set(surveys) == set(said)
    for key, each in said.items():
        row = surveys[key]
        assert (row.unsealed_at is not None) == each.told, "unsealed"
        invited = dict(SurveyInvitation.objects.filter(survey=row).values_list("registration", "answered"))
        kept = {world.keys[place]: done for place, done in each.answered.items()}
        gone = each.closes < world.model.now - OF_INVITATIONS and not invited
        assert invited == kept or gone, "invitations"
        sealed = list(SealedResponse.objects.filter(survey=row).values_list("sealed", flat=True))
        assert len(sealed) == (0 if each.told else len(each.scores))
        assert len({len(token) for token in sealed}) <= 1, "a sealed answer that its length betrays"
        assert each.told or not SurveyResponse.objects.filter(survey=row).exists()
    for together, scores in world.model.opened:
        keys = [world.keys[each.session] for each in together]
        told = SurveyResponse.objects.filter(survey__session__in=keys).values_list("score", flat=True)
        assert Counter(told) == scores, "marks"
        assert sum(scores.values()) == 0 or sum(scores.values()) >= 5, "fewer than five were opened"


def _check_journal(world: "World") -> None:
    lines = JournalEntry.objects.filter(action__in=world.model.journal).order_by()
    stored = Counter(lines.values_list("action", flat=True))
    expected = +world.model.journal
    assert stored == expected, ("journal", stored - expected, expected - stored)


def _check_mails(world: "World") -> None:
    states = Counter(Message.objects.values_list("state", flat=True))
    assert not states["sending"], "a message that nobody sends any more"
    assert not states["failed"], "a message that could not leave"
    assert Outgoing.sent - world.sent_before == states["sent"], "a mail that left twice, or without a row"
    limits = sum(1 for what in world.model.owed if "season_limit" in what)
    assert Message.objects.filter(kind="season_limit").count() == limits
    assert Message.objects.filter(kind="erased").count() == len(world.erased)


def check_forgotten(people: set[int], *, proven: Collection[int] = ()) -> None:
    """Nothing in any text of any table names one of ``people``, once their last mail has left.

    But for the certificates of a training that they followed, which are ``proven`` for three years.
    """
    if not people:
        return
    while Message.objects.filter(kind="erased", state="queued").exists():
        assert outbox.deliver_due(limit=200)
    erasure.forget_farewells()
    with connection.cursor() as cursor:
        for table, columns in _texts().items():
            found = " OR ".join(f"LOWER(CAST({name} AS TEXT)) LIKE '%%kanari%%'" for name in columns)
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {found}", [])
            named = {int(each) for row in cursor.fetchall() for each in CANARY.findall(repr(row))}
            kept = set(proven) if "certificates_certificate" in table else set()
            assert not (named & people) - kept, f"{table} still names somebody who was erased"


WORDLESS = ("bool", "date", "decimal", "double", "int", "real", "serial", "time", "uuid")
tables: dict[str, list[str]] = {}


def _texts() -> dict[str, list[str]]:
    """Every column that may hold words, of every table, whatever the models say."""
    if not tables:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(
                    "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p"
                    " WHERE m.type = 'table'"
                )
            else:
                cursor.execute(
                    "SELECT table_name, column_name, data_type FROM information_schema.columns"
                    " WHERE table_schema = 'public'"
                )
            for table, column, kind in cursor.fetchall():
                if not any(word in kind.lower() for word in WORDLESS):
                    tables.setdefault(f'"{table}"', []).append(f'"{column}"')
    return tables
