"""Whatever is marked, closed, corrected, withdrawn or erased: closed sheets alone make hours and papers."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from certificates.domain import closing
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import attended, current_sheet, mark, minutes_of, welcome_walk_in
from events.domain.attendance.writing import digest
from events.domain.erasure import erase_person
from events.domain.registration import withdraw
from events.domain.report import report
from events.domain.sessions import SlotTimes
from events.models import Attendance, AttendanceSheet, Registration, Slot, SurveyInvitation
from events.models.attendance import CAME
from pages.domain.own_hours import hours_per_year
from tests.factories import make_admin, make_person, make_registration, make_session

State = Attendance.State
WHOLE = 120
someone = st.integers(0, 3)
half_day = st.integers(0, 1)
states = st.sampled_from(State.values)
parts = st.none() | st.integers(-1, WHOLE + 1)


class AttendanceMachine(RuleBasedStateMachine):
    """Two slots of two hours; ``said`` is what the rules accepted, ``sealed`` what each closing settled."""

    @initialize()
    def begin(self) -> None:
        start = timezone.now() - timedelta(days=2)
        self.admin = make_admin()
        self.session = make_session(
            slots=[SlotTimes(start + timedelta(hours=n), start + timedelta(hours=n + 2)) for n in (0, 4)]
        )
        self.slots = list(self.session.slots.order_by("starts_at"))
        self.people = [make_registration(self.session) for _ in range(3)]
        self.said: list[dict[int, tuple[str, int]]] = [{}, {}]
        self.sealed: list[dict[int, tuple[str, int]] | None] = [None, None]
        self.written: dict[int, tuple[Any, str]] = {}

    def person(self, number: int) -> Registration:
        return Registration.objects.select_related("user").get(pk=self.people[number % len(self.people)].pk)

    def confirmed(self) -> set[int]:
        rows = Registration.objects.filter(session=self.session, state="confirmed")
        return set(rows.values_list("pk", flat=True))

    def note(self, slot: int, person: int, state: str, minutes: int | None, *, stays: bool) -> None:
        spent = minutes
        if spent is None:  # what nobody speaks of stays, or is the whole slot
            before, old = self.said[slot].get(person, ("", WHOLE))
            spent = old if stays and before == state else WHOLE
        self.said[slot][person] = (state, spent if state in CAME else 0)

    @rule(slot=half_day, number=someone, state=states, minutes=parts)
    def mark_somebody(self, slot: int, number: int, state: str, minutes: int | None) -> None:
        person = self.person(number).pk
        spoken = {} if minutes is None else {person: minutes}
        try:
            mark(slot=self.fresh(slot), marks={person: state}, minutes=spoken, by=self.admin)
        except DomainError:
            return
        assert self.sealed[slot] is None
        self.note(slot, person, state, minutes, stays=True)

    @rule(slot=half_day)
    def welcome(self, slot: int) -> None:
        if len(self.people) > 3:
            return
        try:
            added = welcome_walk_in(slot=self.fresh(slot), person=make_person(), by=self.admin)
        except DomainError:
            return
        self.people.append(added)
        self.note(slot, added.pk, State.PRESENT, None, stays=False)

    @rule(slot=half_day)
    def close(self, slot: int) -> None:
        try:
            closing.close_sheet(slot=self.fresh(slot), by=self.admin)
        except DomainError:
            assert self.sealed[slot] is not None
            return
        here = self.confirmed()
        self.sealed[slot] = {pk: self.said[slot].get(pk, (State.ABSENT, 0)) for pk in here}

    @rule(slot=half_day, number=someone, state=states, minutes=parts)
    def correct(self, slot: int, number: int, state: str, minutes: int | None) -> None:
        person = self.person(number).pk
        spoken = {} if minutes is None else {person: minutes}
        try:
            closing.correct_sheet(
                slot=self.fresh(slot), marks={person: state}, minutes=spoken, reason="Erreur", by=self.admin
            )
        except DomainError:
            return
        sealed = self.sealed[slot]
        assert sealed is not None
        self.said[slot] = dict(sealed)
        self.note(slot, person, state, minutes, stays=True)
        everybody = self.confirmed() | set(sealed)
        self.sealed[slot] = {pk: self.said[slot].get(pk, (State.ABSENT, 0)) for pk in everybody}

    @rule(number=someone)
    def leave(self, number: int) -> None:
        try:
            withdraw(registration=self.person(number), by=self.admin)
        except DomainError:
            assert None not in self.sealed

    @rule(number=someone)
    def erase(self, number: int) -> None:
        user = self.person(number).user
        erase_person(user=user, addresses=[user.email])

    def fresh(self, slot: int) -> Slot:
        return Slot.objects.select_related("session__activity__organisation").get(pk=self.slots[slot].pk)

    @invariant()
    def hours_are_the_sum_of_what_was_settled(self) -> None:
        expected: dict[int, int] = {}
        for sealed in self.sealed:
            for pk, (state, minutes) in (sealed or {}).items():
                if state in CAME:
                    expected[pk] = expected.get(pk, 0) + minutes
        found = {pk: minutes_of(parts) for pk, parts in attended(session=self.session).items()}
        assert found == expected
        for person in self.people:
            years = hours_per_year(person.user)
            assert sum(year.total for year in years) == expected.get(person.pk, 0)
        assert report(activities=[self.session.activity]).minutes_attended == sum(expected.values())

    @invariant()
    def papers_are_those_of_who_came(self) -> None:
        came = attended(session=self.session)
        valid = Certificate.objects.filter(registration__session=self.session, status="valid")
        for certificate in valid:
            assert certificate.facts["minutes"] == minutes_of(came[certificate.registration_id])
        if None not in self.sealed:
            owed = set(Registration.objects.filter(pk__in=came).values_list("pk", flat=True))
            assert set(valid.values_list("registration", flat=True)) == owed
            asked = SurveyInvitation.objects.filter(survey__session=self.session)
            assert owed <= set(asked.values_list("registration", flat=True))
        else:
            assert not valid.exists()

    @invariant()
    def no_version_ever_changes(self) -> None:
        for sheet in AttendanceSheet.objects.filter(slot__session=self.session):
            kept = self.written.setdefault(sheet.pk, (sheet.content, sheet.content_hash))
            assert kept == (sheet.content, sheet.content_hash) == (sheet.content, digest(sheet.content))
        for slot in self.slots:
            sheet = current_sheet(slot)
            assert (sheet.version if sheet else 0) == slot.sheets.count()


class Attending(TestCase):
    def test_closed_sheets_alone_make_hours_and_papers(self) -> None:
        run_state_machine_as_test(
            AttendanceMachine,
            settings=settings(
                max_examples=20,
                stateful_step_count=12,
                phases=[Phase.generate],  # shrinking costs minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
