"""A certificate exists only for presence on a closed sheet."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from certificates.domain import closing
from certificates.domain.issuing import issue
from certificates.domain.numbers import ALPHABET, grouped, new_number, normalised
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import close_sheet, mark, mark_imported, settle_imported_sheet
from events.domain.sessions import SlotTimes
from events.models import Attendance, Message, Session, Survey, SurveyInvitation
from events.models.attendance import CAME
from tests.factories import make_activity, make_admin, make_organisation, make_registration, make_session

State = Attendance.State


def days_of(minutes: list[int]) -> Session:
    start = timezone.now() - timedelta(days=3)
    starts = [start + timedelta(hours=10 * n) for n in range(len(minutes))]
    return make_session(
        slots=[SlotTimes(at, at + timedelta(minutes=n)) for at, n in zip(starts, minutes, strict=True)]
    )


@pytest.mark.django_db
def test_no_certificate_before_the_sheet_is_closed(past_session, admin):
    person, slot = make_registration(past_session), past_session.slots.get()
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)

    with pytest.raises(DomainError, match="feuille d’émargement close"):
        issue(registration=person, by=admin)

    close_sheet(slot=slot, by=admin)
    assert issue(registration=person, by=admin).status == Certificate.Status.VALID


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.ABSENT, State.EXCUSED])
def test_no_certificate_for_who_did_not_come(past_session, admin, state):
    person, slot = make_registration(past_session), past_session.slots.get()
    mark(slot=slot, marks={person.pk: state}, by=admin)
    close_sheet(slot=slot, by=admin)

    with pytest.raises(DomainError):
        issue(registration=person, by=admin)


class CertificatesEqualClosedPresence(TestCase):
    """Whatever is marked and closed, certificates and hours are exactly the presence of closed sheets."""

    @settings(max_examples=25)
    @given(
        marks=st.lists(
            st.lists(st.sampled_from(["", *State.values]), min_size=2, max_size=2), min_size=1, max_size=3
        ),
        minutes=st.lists(st.integers(15, 500), min_size=2, max_size=2),
        closed=st.lists(st.booleans(), min_size=2, max_size=2),
    )
    def test_certificates_equal_closed_presence(self, marks, minutes, closed):
        Certificate.objects.all().delete()
        admin, session = make_admin(), days_of(minutes)
        people = [make_registration(session) for _ in marks]
        slots = list(session.slots.all())
        for n, slot in enumerate(slots):
            said = {p.pk: line[n] for p, line in zip(people, marks, strict=True) if line[n]}
            mark(slot=slot, marks=said, by=admin)
            if closed[n]:
                closing.close_sheet(slot=slot, by=admin)
        for person, line in zip(people, marks, strict=True):
            came = [n for n in (0, 1) if closed[n] and line[n] in CAME]
            if not came:
                with pytest.raises(DomainError):
                    issue(registration=person, by=admin)
            assert person.certificates.exists() == bool(came and all(closed))
            if came:
                assert issue(registration=person, by=admin).facts["minutes"] == sum(minutes[n] for n in came)


@pytest.mark.django_db
def test_closing_the_last_sheet_thanks_exactly_who_came(past_session, admin):
    slot = past_session.slots.get()
    late, present, excused, _unmarked = (make_registration(past_session) for _ in range(4))
    mark(
        slot=slot,
        marks={late.pk: State.LATE, present.pk: State.PRESENT, excused.pk: State.EXCUSED},
        by=admin,
    )

    closing.close_sheet(slot=slot, by=admin)

    came = {late.pk, present.pk}
    assert set(Certificate.objects.values_list("registration", flat=True)) == came
    assert set(SurveyInvitation.objects.values_list("registration", flat=True)) == came
    after = Message.objects.filter(kind="after")
    assert set(after.values_list("registration", flat=True)) == came
    assert "/avis/" in after[0].body
    assert "/attestations/pdf/" in after[0].body


@pytest.mark.django_db
def test_nothing_is_sent_before_the_last_slot_is_closed(admin):
    session = days_of([60, 90])
    first, last = session.slots.all()
    person = make_registration(session)
    mark(slot=first, marks={person.pk: State.PRESENT}, by=admin)

    closing.close_sheet(slot=first, by=admin)
    assert not Certificate.objects.exists()
    assert not Survey.objects.exists()
    assert not Message.objects.filter(kind="after").exists()

    closing.close_sheet(slot=last, by=admin)
    assert Certificate.objects.get().facts["minutes"] == 60


@pytest.mark.django_db
def test_closing_twice_sends_and_issues_nothing_more(past_session, admin):
    slot, person = past_session.slots.get(), make_registration(past_session)
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    closing.close_sheet(slot=slot, by=admin)

    with pytest.raises(DomainError, match="déjà close"):
        closing.close_sheet(slot=slot, by=admin)
    assert (Certificate.objects.count(), Message.objects.filter(kind="after").count()) == (1, 1)


@pytest.mark.django_db
def test_issuing_again_gives_the_same_certificate(certify):
    certificate = certify()

    assert issue(registration=certificate.registration, by=None) == certificate
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
def test_a_sheet_that_says_something_else_replaces_the_certificate(admin):
    start = timezone.now() - timedelta(days=1)
    slots = [SlotTimes(start + timedelta(hours=3 * n), start + timedelta(hours=3 * n + 1)) for n in (0, 1)]
    session = make_session(imported=True, slots=slots)
    first, second = session.slots.all()
    person = make_registration(session)
    mark_imported(slot=first, marks={person.pk: State.PRESENT}, by=None)
    settle_imported_sheet(slot=first, by=None)
    old = issue(registration=person, by=admin)

    mark_imported(slot=second, marks={person.pk: State.PRESENT}, by=None)
    settle_imported_sheet(slot=second, by=None)
    new = issue(registration=person, by=admin)

    old.refresh_from_db()
    assert (old.status, new.status) == (Certificate.Status.REPLACED, Certificate.Status.VALID)
    assert (old.facts["minutes"], new.facts["minutes"]) == (60, 120)


@pytest.mark.django_db
def test_the_facts_are_a_snapshot(certify):
    organisation = make_organisation(name="CPTS du Port", city="Le Havre", signatory="Dr Exemple, présidente")
    session = make_session(make_activity(organisation), days=-1, title="Cohérence cardiaque")
    certificate = certify(session, first_name="Camille", last_name="Œuvrard")

    organisation.name = "Autre nom"
    organisation.save()
    certificate.refresh_from_db()

    facts = certificate.facts
    assert facts["organisation"] == "CPTS du Port"
    assert (facts["person"], facts["person_short"]) == ("Camille Œuvrard", "Camille Œ.")
    assert (facts["title"], facts["minutes"], len(facts["slots"])) == ("Cohérence cardiaque", 120, 1)
    assert facts["place"] == "Maison de santé, Le Havre"
    assert facts["issued_on"] == timezone.localdate().isoformat()


def test_a_number_carries_130_bits_and_survives_being_copied_by_hand():
    number = new_number()

    assert len(number) == 26
    assert len(ALPHABET) == 32
    assert normalised(grouped(number)) == number
    assert normalised(f"  {grouped(number).lower().replace('-', ' – ')} ") == number
    assert normalised(number.replace("0", "O").replace("1", "l")) == number
    assert len({new_number() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["", "abc", "U" * 26, "é" * 26, "0" * 27, "\0" * 26, "🙂" * 26])
def test_what_cannot_be_a_number_is_none(typed):
    assert normalised(typed) is None


@pytest.mark.django_db
def test_issuing_all_leaves_a_line_for_each(certify, admin):
    from events.models import JournalEntry

    certify()

    entry = JournalEntry.objects.get(action="escale.issue")
    assert entry.user_id == admin.pk
