"""A report read from kept tallies says what the rows say: after anything, by whatever way it was written."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pytest_django import DjangoAssertNumQueries

from certificates.domain import closing
from common.errors import DomainError
from events.domain import imports
from events.domain.attendance import mark, welcome_walk_in
from events.domain.registration import add_walk_in, withdraw
from events.domain.report import Period, Report, compared, report, tallies
from events.domain.report.tallies import refresh_due, unpacked
from events.domain.retention import purge_settled
from events.domain.sessions import SlotTimes
from events.models import (
    ActivityPage,
    Attendance,
    AttendanceSheet,
    Registration,
    Session,
    SessionTally,
    Slot,
    TallyMark,
)
from members.models import Membership, User
from pages.domain.backups.snapshots import triggers
from pages.domain.erasure import Reason, erase
from tests import factories
from tests.events.import_files import csv_file, line

some = st.integers(0, 11)
few = st.integers(0, 2)
State = Registration.State


def counted_live(activity: ActivityPage, **period: Any) -> Report:
    """With no tally at all."""
    kept = list(SessionTally.objects.all())
    SessionTally.objects.all().delete()
    found = report(activities=[activity], **period)
    SessionTally.objects.bulk_create(kept)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_later_migration_may_add_a_figure() -> None:
    """SQLite rebuilds the table, which a trigger names: without them around it, it refuses."""
    migration = import_module("events.migrations.0017_tallies")
    session = factories.make_session(days=-3)
    Session.objects.filter(pk=session.pk).update(completed_at=timezone.now())
    TallyMark.objects.all().delete()
    before, figure = triggers(), models.PositiveIntegerField(default=0)
    figure.set_attributes_from_name("invited")
    with connection.schema_editor() as editor:
        migration.unwatch(None, editor)
        migration.unwatch(None, editor)  # a rebuilt table has lost its own
        editor.add_field(SessionTally, figure)
        migration.watch(None, editor)
    assert triggers() == before
    assert TallyMark.objects.filter(session=session.pk).exists()


class TallyMachine(RuleBasedStateMachine):
    """Three sessions, people who come to several of them; the report is compared after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.admin, self.activity = factories.make_admin(), factories.make_activity()
        start = timezone.now() - timedelta(days=400)
        self.sessions = [
            factories.make_session(
                self.activity,
                capacity=12,
                slots=[
                    SlotTimes(
                        start + timedelta(days=200 * n, hours=h), start + timedelta(days=200 * n, hours=h + 2)
                    )
                    for h in hours
                ],
            )
            for n, hours in enumerate(([0], [0, 4], [0]))
        ]
        self.persons = [
            factories.make_person(profession=code, civility=civility)
            for code, civility in (("10", "mme"), ("60", "m"), ("10", ""), ("70", ""))
        ]
        for session in self.sessions:
            for person in self.persons[:3]:
                add_walk_in(session=session, person=person, by=self.admin)
        for _ in range(2):
            self.mark_everybody(0, "present", None)
            self.close(0)
        self.close(0)
        refresh_due()
        self.in_vain = False

    def slot(self, number: int, *, closed: bool) -> Slot | None:
        """One of those of which something may be said: else most of what is drawn would be refused."""
        wanted = Slot.objects.filter(sheets__isnull=not closed).exclude(session__status="cancelled")
        rows = list(wanted.select_related("session__activity__organisation").order_by("pk").distinct())
        return rows[number % len(rows)] if rows else None

    def registration(self, number: int) -> Registration:
        rows = list(Registration.objects.select_related("session__activity", "user").order_by("pk"))
        return rows[number % len(rows)]

    def attempt(self, act: Callable[[], object]) -> None:
        try:
            act()
        except DomainError:
            self.in_vain = True

    @rule(session=few, number=few)
    def register(self, session: int, number: int) -> None:
        held, person = self.sessions[session], self.persons[number + 1]
        self.attempt(lambda: add_walk_in(session=held, person=person, by=self.admin))

    @rule(number=some)
    def leave(self, number: int) -> None:
        self.attempt(lambda: withdraw(registration=self.registration(number), by=self.admin))

    @rule(slot=some, state=st.sampled_from(Attendance.State.values), minutes=st.none() | st.integers(0, 120))
    def mark_everybody(self, slot: int, state: str, minutes: int | None) -> None:
        if not (here := self.slot(slot, closed=False)):
            return
        people = Registration.objects.filter(session=here.session, state=State.CONFIRMED)
        marks = dict.fromkeys(people.values_list("pk", flat=True), state)
        parts = state in (Attendance.State.LATE, Attendance.State.LEFT)
        spoken = dict.fromkeys(marks, minutes) if parts and minutes is not None else {}
        self.attempt(lambda: mark(slot=here, marks=marks, minutes=spoken, by=self.admin))

    @rule(slot=some)
    def welcome(self, slot: int) -> None:
        walk_in = factories.make_person(profession="70")
        if here := self.slot(slot, closed=False):
            self.attempt(lambda: welcome_walk_in(slot=here, person=walk_in, by=self.admin))

    @rule(slot=some)
    def close(self, slot: int) -> None:
        if here := self.slot(slot, closed=False):
            self.attempt(lambda: closing.close_sheet(slot=here, by=self.admin))

    @rule(days=st.integers(1, 60))
    def hold(self, days: int) -> None:
        """One more session, whose sheet is yet to be closed."""
        session = factories.make_session(self.activity, days=-days)
        for person in self.persons[:2]:
            add_walk_in(session=session, person=person, by=self.admin)

    @rule(slot=some, number=some, state=st.sampled_from(Attendance.State.values))
    def correct(self, slot: int, number: int, state: str) -> None:
        if not (here := self.slot(slot, closed=True)):
            return
        people = list(here.session.registrations.order_by("pk").values_list("pk", flat=True))
        if not people:  # the purge took them
            return
        one = people[number % len(people)]
        self.attempt(
            lambda: closing.correct_sheet(
                slot=here, marks={one: state}, minutes={}, reason="Erreur", by=self.admin
            )
        )

    @rule(days=st.integers(20, 60), number=few, here=st.sampled_from(["Présent", "Absent"]))
    def bring_in(self, days: int, number: int, here: str) -> None:
        person = self.persons[number]
        day = timezone.localdate() - timedelta(days=days)
        rows = imports.read_rows(
            csv_file(line(Date=f"{day:%d/%m/%Y}", Courriel=person.email, Présence=here, Note=""))
        )
        imports.apply(plan=imports.plan(activity=self.activity, table=rows), by=None)

    @rule(number=some)
    def erase_somebody(self, number: int) -> None:
        user = self.registration(number).user
        if not user.erased_at:
            self.attempt(lambda: erase(user=user, by=None, reason=Reason.PERSON))

    @rule()
    def purge(self) -> None:
        later = timezone.now() + timedelta(days=365 * 6)
        purge_settled(now=later, still_proven=Registration.objects.none().values("pk"))

    @rule(number=some, profession=st.sampled_from(["10", "60", ""]))
    def change_the_profile(self, number: int, profession: str) -> None:
        User.objects.filter(pk=self.registration(number).user_id).update(profession=profession, civility="m")

    @rule(number=some)
    def become_a_member(self, number: int) -> None:
        Membership.objects.get_or_create(
            user=self.registration(number).user,
            organisation=self.activity.organisation,
            defaults={"since": timezone.localdate() - timedelta(days=900)},
        )

    @rule(
        number=some,
        change=st.sampled_from(
            [
                {"profession": "70"},
                {"civility": ""},
                {"is_member": True},
                {"waited": True},
                {"state": "withdrawn"},
            ]
        ),
    )
    def write_to_the_rows(self, number: int, change: dict[str, Any]) -> None:
        """As no rule does: in bulk, past every model."""
        Registration.objects.filter(pk=self.registration(number).pk).update(**change)

    @rule(number=some)
    def take_presences_out(self, number: int) -> None:
        Attendance.objects.filter(registration=self.registration(number)).delete()

    @rule(slot=some, minutes=st.integers(1, 90))
    def lengthen(self, slot: int, minutes: int) -> None:
        if here := self.slot(slot, closed=True):
            Slot.objects.filter(pk=here.pk).update(ends_at=here.ends_at + timedelta(minutes=minutes))

    @rule(session=few, status=st.sampled_from(Session.Status.values), city=st.sampled_from(["Dieppe", "Eu"]))
    def change_the_session(self, session: int, status: str, city: str) -> None:
        Session.objects.filter(pk=self.sessions[session].pk).update(status=status, city=city)

    @rule()
    def refresh(self) -> None:
        refresh_due()
        assert not TallyMark.objects.exists()
        complete = set(Session.objects.filter(completed_at__isnull=False).values_list("pk", flat=True))
        assert set(SessionTally.objects.values_list("pk", flat=True)) == complete

    @invariant()
    def the_report_is_that_of_the_rows(self) -> None:
        if self.in_vain:  # what was refused changed nothing that was compared before
            self.in_vain = False
            return
        today = timezone.localdate()
        for since, until in ((None, None), (today - timedelta(days=250), today - timedelta(days=30))):
            period = {"since": since, "until": until}
            kept = report(activities=[self.activity], **period)
            live = counted_live(self.activity, **period)
            assert kept == live
            assert people(kept) == people(live)

    @invariant()
    def a_tally_knows_nobody_whom_its_session_forgot(self) -> None:
        for tally in SessionTally.objects.all():
            here = Registration.objects.filter(session=tally.pk).values_list("user", flat=True)
            assert set(unpacked(tally.people)) <= set(here)


def people(found: Report) -> list[frozenset[int]]:
    return [each.people for each in (*found.professions, *found.cities, *found.modalities, *found.hours)]


class Tallying(TestCase):
    def test_the_report_from_tallies_is_that_of_the_rows(self) -> None:
        run_state_machine_as_test(
            TallyMachine,
            settings=settings(
                max_examples=8,
                stateful_step_count=20,
                phases=[Phase.generate],  # shrinking costs minutes
                suppress_health_check=list(HealthCheck),
                deadline=None,
            ),
        )


def finish(session: Session, people: list[Registration]) -> None:
    """Closed, and kept."""
    admin = factories.make_admin()
    for slot in session.slots.all():
        mark(slot=slot, marks={each.pk: Attendance.State.PRESENT for each in people}, by=admin)
        closing.close_sheet(slot=slot, by=admin)
    refresh_due()


@pytest.fixture
def session(db: None) -> Session:
    """Three came, one withdrew, one was written by nobody; one slot was never of use."""
    session = factories.make_session(days=-3)
    people = [factories.make_registration(session) for _ in range(3)]
    withdraw(registration=factories.make_registration(session), by=factories.make_admin())
    finish(session, people)
    note(session, slot=session.slots.get(), who=[enter(session)])
    end = session.ends_at
    Slot.objects.create(session=session, starts_at=end, ends_at=end + timedelta(hours=1))
    refresh_due()
    return Session.objects.get(pk=session.pk)


def is_sound(session: Session) -> bool:
    """The tally is known not to hold, nothing of it is told, and it names nobody whom the session forgot."""
    mine = Q(session=session.pk) | Q(slot__in=session.slots.values("pk"))
    here = set(session.registrations.values_list("user", flat=True))
    return (
        TallyMark.objects.filter(mine).exists()
        and report(activities=[session.activity]) == counted_live(session.activity)
        and all(set(unpacked(each.people)) <= here for each in SessionTally.objects.all())
    )


def first(session: Session) -> QuerySet[Registration]:
    came = session.registrations.filter(state=State.CONFIRMED).order_by("pk")
    return Registration.objects.filter(pk=came.values("pk")[:1])


def unused(session: Session) -> QuerySet[Slot]:
    return Slot.objects.filter(session=session, sheets=None)


def last(session: Session) -> QuerySet[Registration]:
    """Who was written by nobody: no message nor certificate names them."""
    return Registration.objects.filter(pk=session.registrations.latest("pk").pk)


def go(session: Session) -> None:
    Attendance.objects.filter(registration__in=last(session)).delete()
    last(session).delete()


def enter(session: Session, state: str = State.CONFIRMED) -> Registration:
    one = first(session).get()
    one.pk, one.user, one.state = None, factories.make_user(), state
    return Registration.objects.bulk_create([one])[0]


def never_mind(session: Session) -> None:
    enter(session, State.WITHDRAWN)
    refresh_due()
    last(session).delete()


def sign_again(session: Session) -> None:
    one = unused(session).get()
    sheet = AttendanceSheet(slot=one, closed_at=one.ends_at, content=[], content_hash="0" * 64)
    AttendanceSheet.objects.bulk_create([sheet])


def note(session: Session, *, slot: Slot, who: Iterable[Registration]) -> None:
    now = timezone.now()
    Attendance.objects.bulk_create(
        [Attendance(slot=slot, registration=each, state="present", marked_at=now) for each in who]
    )


# What each trigger is for, done as no rule does it.
CHANGES: dict[str, Callable[[Session], object]] = {
    "tally_registration_insert": enter,
    "tally_registration_update": lambda held: first(held).update(profession="70"),
    "tally_registration_delete": never_mind,
    "tally_attendance_insert": lambda held: note(held, slot=unused(held).get(), who=first(held)),
    "tally_attendance_update": lambda held: Attendance.objects.update(state="absent"),
    "tally_attendance_delete": lambda held: Attendance.objects.filter(slot__session=held).delete(),
    "tally_slot_insert": lambda held: Slot.objects.create(
        session=held, starts_at=held.starts_at - timedelta(hours=2), ends_at=held.starts_at
    ),
    "tally_slot_update": lambda held: unused(held).update(ends_at=held.ends_at + timedelta(hours=2)),
    "tally_slot_delete": lambda held: unused(held)._raw_delete("default"),
    "tally_attendancesheet_insert": sign_again,
    "tally_session_update": lambda held: Session.objects.filter(pk=held.pk).update(completed_at=None),
    "tally_forget_update": lambda held: first(held).update(user=factories.make_user()),
    "tally_forget_delete": go,
}


def test_each_trigger_has_its_test(db: None) -> None:
    assert {name for name in triggers() if name.startswith("tally_")} == set(CHANGES)


@pytest.mark.parametrize("trigger", CHANGES)
def test_a_tally_that_no_longer_holds_is_not_told(session: Session, trigger: str) -> None:
    CHANGES[trigger](session)
    assert is_sound(session)


@pytest.mark.parametrize("trigger", CHANGES)
def test_without_its_trigger_it_would_be(session: Session, trigger: str) -> None:
    with connection.cursor() as cursor:
        on = f" ON {_table(trigger)}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {trigger}{on}")
    CHANGES[trigger](session)
    assert not is_sound(session)


def _table(trigger: str) -> str:
    table = trigger.split("_")[1]
    return f"events_{'registration' if table == 'forget' else table}"


def test_what_says_the_same_again_leaves_a_tally_alone(session: Session) -> None:
    one = first(session).get()
    one.save()
    first(session).update(last_name="Autre", email="autre@example.org", link_version=2)
    session.save()
    assert not TallyMark.objects.exists()


def test_nothing_to_count_again_costs_one_query(
    session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert refresh_due() == 0


def test_a_pass_ends_when_its_time_is_over(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "PORTION", 1)
    others = [factories.make_session(session.activity, days=-3) for _ in range(2)]
    for each in others:
        finish(each, [factories.make_registration(each)])
    for each in others:
        first(each).update(profession="70")
    assert [refresh_due(seconds=0), refresh_due(seconds=0), refresh_due(seconds=0)] == [1, 1, 0]


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_report_of_kept_tallies_reads_them_in_one_query(
    session: Session, sessions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(sessions - 1):
        other = factories.make_session(session.activity, days=-3)
        finish(other, [factories.make_registration(other)])
    activity = session.activity
    with django_assert_num_queries(5):
        report(activities=[activity])
    with django_assert_num_queries(8):
        compared(activities=[activity], period=Period.season(timezone.localdate().year))


def test_no_more_sessions_than_a_query_may_name_are_named(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_registration(factories.make_session(session.activity, days=-4))
    expected = counted_live(session.activity)
    monkeypatch.setattr(tallies, "FEW", 0)
    assert report(activities=[session.activity]) == expected
