"""Who issues, revokes or corrects at the same instant leaves one valid certificate, on either engine."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone

from certificates.domain import batches, closing
from certificates.domain.issuing import issue, issue_all, revoke
from certificates.models import Certificate, IssueBatch
from events.domain.attendance import mark, mark_imported, settle_imported_sheet
from events.models import Attendance, Message
from pages.domain.erasure import Reason, erase
from tests.events.test_attendance_race import elsewhere, meanwhile
from tests.factories import make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
State, Status = Attendance.State, Certificate.Status


@pytest.fixture
def came():
    """Somebody of an imported session: nothing is issued by itself."""
    session = make_session(days=-9, imported=True)
    person, slot = make_registration(session), session.slots.get()
    mark_imported(slot=slot, marks={person.pk: State.PRESENT}, by=None)
    settle_imported_sheet(slot=slot, by=None)
    return person, make_admin()


def test_many_who_issue_at_once_get_the_same_certificate(came):
    person, admin = came

    def act():
        return elsewhere(lambda: issue(registration=person, by=admin))

    with ThreadPoolExecutor(6) as pool:
        found = [each.result() for each in [pool.submit(act) for _ in range(6)]]

    assert {each.pk for each in found} == {Certificate.objects.get().pk}


def test_one_waits_for_who_issues_for_all(came):
    person, admin = came

    with meanwhile(lambda: issue(registration=person, by=admin)) as other:
        [certificate] = issue_all(session=person.session, by=admin)

    assert other[0].result() == certificate
    assert Certificate.objects.count() == 1


def test_two_who_revoke_at_once_revoke_once(came):
    person, admin = came
    certificate = issue(registration=person, by=admin)

    with meanwhile(lambda: revoke(certificate=certificate, reason="Deux", by=admin)) as other:
        revoke(certificate=certificate, reason="Un", by=admin)

    assert "déjà plus valable" in other[0].result()
    certificate.refresh_from_db()
    assert certificate.revocation_reason == "Un"


def test_who_issues_during_a_correction_certifies_what_it_says():
    admin, session = make_admin(), make_session(days=-1)
    person, slot = make_registration(session), session.slots.get()
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    closing.close_sheet(slot=slot, by=admin)

    with meanwhile(lambda: issue(registration=person, by=admin)) as other:
        closing.correct_sheet(slot=slot, marks={person.pk: State.ABSENT}, reason="Feuille relue", by=admin)

    assert "Pas d’attestation sans présence" in other[0].result()
    assert not Certificate.objects.filter(status=Status.VALID).exists()


def test_who_is_erased_while_a_certificate_is_made_is_not_named_by_it(came):
    person, admin = came

    with meanwhile(lambda: erase(user=person.user, by=None, reason=Reason.PERSON)):
        issue(registration=person, by=admin, mails=True)

    certificate = Certificate.objects.get()
    assert (certificate.status, certificate.facts["person"]) == (Status.REVOKED, "")
    assert not Message.objects.filter(recipient=person.email).exclude(kind="erased").exists()


@pytest.mark.parametrize("whose", ["one", "all"])
def test_who_is_being_erased_gets_no_certificate(came, whose):
    person, admin = came
    acts = {
        "one": lambda: issue(registration=person, by=admin),
        "all": lambda: issue_all(session=person.session, by=admin),
    }

    with meanwhile(acts[whose]):
        erase(user=person.user, by=None, reason=Reason.PERSON)

    assert not Certificate.objects.exists()


def test_two_workers_never_have_the_same_batch(came):
    person, admin = came
    asked = batches.ask(sessions=[person.session], kinds=["presence"], title="Essai", mails=False, by=admin)
    now = timezone.now()

    with ThreadPoolExecutor(4) as pool:
        claims = [pool.submit(elsewhere, lambda: batches._claim(now)) for _ in range(4)]
        found = [each.result() for each in claims]

    assert [each.pk for each in found if each] == [asked.pk]
    assert IssueBatch.objects.get().state == IssueBatch.State.RUNNING
