"""Whatever happens, in any order, a valid certificate says what the closed sheets say, and no more."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from certificates.domain import closing
from certificates.domain.facts import OF_TRAININGS
from certificates.domain.issuing import issue, issue_all, revoke
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import attended, mark
from events.domain.registration import withdraw
from events.domain.sessions import SlotTimes
from events.models import Attendance, Registration, Session, Slot
from members.models import User
from pages.domain.erasure import Reason, erase
from tests.factories import make_activity, make_admin, make_registration, make_session, make_training
from trainings.models import Completion

State, Kind, Status = Attendance.State, Certificate.Kind, Certificate.Status
PEOPLE, SLOTS = 2, 2
SOMEBODY, SOME_SLOT = st.integers(0, PEOPLE - 1), st.integers(0, SLOTS - 1)
SAID = st.tuples(st.sampled_from(["absent", "present", "late", "left"]), st.sampled_from([None, 0, 10, 60]))

CORRECTION = st.tuples(st.just("correct"), SOMEBODY, SOME_SLOT, SAID)
EVENTS = st.one_of(
    CORRECTION,
    CORRECTION,  # what undoes most comes most often
    st.tuples(st.just("mark"), SOMEBODY, SOME_SLOT, SAID),
    st.tuples(st.just("close"), SOME_SLOT),
    st.tuples(st.just("withdraw"), SOMEBODY),
    st.tuples(st.just("erase"), SOMEBODY),
    st.tuples(st.just("issue"), SOMEBODY, st.sampled_from(Kind.values)),
    st.tuples(st.just("issue all")),
    st.tuples(st.just("revoke"), SOMEBODY, st.sampled_from(Kind.values)),
)
# Stories begin at different points, so that enough of them have something to undo.
MARKED = [("mark", 0, 0, ("present", None)), ("mark", 0, 1, ("late", 35)), ("mark", 1, 0, ("left", 10))]
BEGINNINGS = st.sampled_from([[], MARKED, [*MARKED, ("close", 0)], [*MARKED, ("close", 0), ("close", 1)]])
STORIES = st.tuples(BEGINNINGS, st.lists(EVENTS, min_size=2, max_size=10)).map(lambda two: [*two[0], *two[1]])


class Story:
    """Two people and two half-days that are over; each event may be refused, none may leave a lie."""

    def __init__(self, *, is_training: bool) -> None:
        self.admin: User = make_admin()
        start = timezone.now() - timedelta(hours=6)
        times = [
            SlotTimes(start + timedelta(hours=3 * n), start + timedelta(hours=3 * n + 1))
            for n in range(SLOTS)
        ]
        activity = make_training() if is_training else make_activity()
        self.session: Session = make_session(activity, slots=times)
        self.people: list[Registration] = [make_registration(self.session) for _ in range(PEOPLE)]
        self.slots: list[Slot] = list(self.session.slots.all())
        self.revoked: set[int] = set()

    def mark(self, person: int, slot: int, said: tuple[str, int | None]) -> None:
        state, minutes = said
        of_person = {self.people[person].pk: minutes} if minutes is not None else {}
        marks = {self.people[person].pk: state}
        mark(slot=self.slots[slot], marks=marks, minutes=of_person, by=self.admin)

    def close(self, slot: int) -> None:
        closing.close_sheet(slot=self.slots[slot], by=self.admin)

    def correct(self, person: int, slot: int, said: tuple[str, int | None]) -> None:
        state, minutes = said
        of_person = {self.people[person].pk: minutes} if minutes is not None else {}
        closing.correct_sheet(
            slot=self.slots[slot],
            marks={self.people[person].pk: state},
            minutes=of_person,
            reason="Feuille relue",
            by=self.admin,
        )

    def withdraw(self, person: int) -> None:
        withdraw(registration=self.people[person], by=self.admin)

    def erase(self, person: int) -> None:
        erase(user=self.people[person].user, by=None, reason=Reason.PERSON)

    def issue(self, person: int, kind: str) -> None:
        issue(registration=self.people[person], by=self.admin, kind=kind)

    def issue_all(self) -> None:
        issue_all(session=self.session, by=self.admin, kinds=Kind.values)

    def revoke(self, person: int, kind: str) -> None:
        found = self.people[person].certificates.filter(kind=kind, status=Status.VALID).first()
        if found is not None:
            revoke(certificate=found, reason="Émise par erreur", by=self.admin)
            self.revoked.add(found.pk)

    def play(self, name: str, *facts: object) -> None:
        act: Callable[..., None] = getattr(self, name.replace(" ", "_"))
        with suppress(DomainError):
            act(*facts)

    def check(self) -> None:
        came = attended(session=self.session)
        own = Certificate.objects.filter(registration__session=self.session).select_related(
            "registration__user", "replaces"
        )
        for each in own:
            if each.status == Status.VALID:
                self._check_valid(each, came)
            if each.replaces is not None:
                assert each.replaces.status == Status.REPLACED
                assert each.facts["replaces"] == each.replaces.number
                assert each.version == each.replaces.version + 1
            if each.pk in self.revoked:
                assert each.status == Status.REVOKED
        numbers = [each.number for each in own]
        assert len(set(numbers)) == len(numbers)

    def _check_valid(self, certificate: Certificate, came: dict[int, list]) -> None:
        parts = came.get(certificate.registration_id)
        assert parts, "a certificate without closed presence"
        said = [(slot["starts_at"], slot["minutes"]) for slot in certificate.facts["slots"]]
        true = [(timezone.localtime(part.slot.starts_at).isoformat(), part.minutes) for part in parts]
        assert said == true
        assert certificate.facts["minutes"] == sum(part.minutes for part in parts)
        if certificate.kind in OF_TRAININGS:
            assert Completion.objects.filter(registration=certificate.registration_id).exists()
        if certificate.registration.user.erased_at is not None:
            assert certificate.facts["person"], "kept as a proof, hence under a name"


class CertificatesTellTheTruth(TestCase):
    @settings(max_examples=70, deadline=None)
    @given(story=STORIES, is_training=st.booleans())
    def test_no_order_of_events_leaves_a_certificate_that_lies(self, story, is_training):
        told = Story(is_training=is_training)
        for event in story:
            told.play(*event)
            told.check()
