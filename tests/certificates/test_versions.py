"""A document says what holds: the next version names the one before, revoking is said, nobody mails twice."""

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.domain import closing
from certificates.domain.issuing import issue, issue_all, revoke
from certificates.domain.links import certificate_token
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import mark, mark_imported, settle_imported_sheet
from events.models import Attendance, JournalEntry, Message, Registration, Session
from members.models import User
from pages.domain.erasure import Reason, erase
from pages.domain.own_profile import correct_own_profile
from tests.factories import make_registration, make_session, make_training
from trainings.models import Completion

pytestmark = pytest.mark.django_db
State, Kind, Status = Attendance.State, Certificate.Kind, Certificate.Status


def trained(admin: User) -> Registration:
    """Somebody who completed a training of one half-day."""
    session = make_session(make_training(hours=3), days=-1)
    person, slot = make_registration(session), session.slots.get()
    mark(slot=slot, marks={person.pk: State.PRESENT}, by=admin)
    closing.close_sheet(slot=slot, by=admin)
    return person


def correct(registration: Registration, state: str, by: User, minutes: int | None = None) -> None:
    closing.correct_sheet(
        slot=registration.session.slots.get(),
        marks={registration.pk: state},
        minutes={registration.pk: minutes} if minutes else {},
        reason="Feuille relue",
        by=by,
    )


def rename(user: User, first_name: str, last_name: str) -> None:
    correct_own_profile(
        user=user, by=user, first_name=first_name, last_name=last_name, profession="60", civility="", rpps=""
    )


def test_a_training_gives_each_of_its_documents_with_what_it_taught(admin):
    person = trained(admin)

    found = {each.kind: each for each in person.certificates.all()}

    assert set(found) == set(Kind.values)
    training = found[Kind.COMPLETION].facts["training"]
    assert [each["objective"] for each in training["objectives"]] == ["Repérer", "Aborder"]
    assert (training["planned_minutes"], training["nature"]) == (180, "formation")
    assert training["completed_on"] == timezone.localdate().isoformat()
    assert training["dpc_number"] == ""


def test_a_meeting_has_no_document_of_a_training(certify, admin):
    registration = certify().registration

    for kind in (Kind.COMPLETION, Kind.REALISATION):
        with pytest.raises(DomainError, match="que pour une formation"):
            issue(registration=registration, by=admin, kind=kind)


def test_no_document_of_a_training_without_completing_it(admin):
    person = trained(admin)
    Completion.objects.all().delete()
    Certificate.objects.all().delete()

    for kind in (Kind.COMPLETION, Kind.REALISATION):
        with pytest.raises(DomainError, match="pas achevé"):
            issue(registration=person, by=admin, kind=kind)
    assert issue(registration=person, by=admin).kind == Kind.PRESENCE


def test_a_correction_that_undoes_a_training_revokes_its_documents_and_says_so(admin):
    person = trained(admin)

    correct(person, State.ABSENT, admin)

    assert set(person.certificates.values_list("status", flat=True)) == {Status.REVOKED}
    told = Message.objects.filter(kind="certificate_revoked")
    assert told.count() == 3
    assert "La feuille d’émargement, corrigée" in told[0].body


def test_a_new_version_names_the_one_that_it_replaces(certify, admin):
    old = certify()

    correct(old.registration, State.LEFT, admin, minutes=45)

    old.refresh_from_db()
    new = old.replaced_by
    assert (old.status, new.status, new.version) == (Status.REPLACED, Status.VALID, 2)
    assert (new.facts["replaces"], new.facts["minutes"]) == (old.number, 45)


def test_a_corrected_name_is_printed_on_a_new_version(certify):
    old = certify(first_name="Camille", last_name="Martain")
    user = old.registration.user

    rename(user, "Camille", "Martin")

    old.refresh_from_db()
    assert old.status == Status.REPLACED
    assert old.replaced_by.facts["person"] == "Camille Martin"
    assert "a été corrigé" in Message.objects.get(kind="certificate").body


def test_a_profile_whose_name_stays_makes_no_new_version(certify):
    old = certify(first_name="Camille", last_name="Martin")
    user = old.registration.user
    rename(user, "Camille", "Martin")
    before = Certificate.objects.count()

    correct_own_profile(
        user=user, by=user, first_name="Camille", last_name="Martin", profession="10", civility="", rpps=""
    )

    assert Certificate.objects.count() == before


def test_revoking_says_why_to_the_person_and_not_to_who_verifies(client, certify, admin):
    certificate = certify()

    revoke(certificate=certificate, reason="  Émise\n par erreur ", by=admin)

    certificate.refresh_from_db()
    assert (certificate.status, certificate.revocation_reason) == (Status.REVOKED, "Émise par erreur")
    assert "Émise par erreur" in Message.objects.get(kind="certificate_revoked").body
    page = client.get(reverse("certificates:certificate", args=[certificate.number])).content.decode()
    assert "a été révoquée le" in page
    assert "Émise par erreur" not in page
    entry = JournalEntry.objects.get(action="escale.revoke")
    assert "erreur" not in str(entry.data)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 241])
def test_revoking_wants_a_reason_that_fits(certify, admin, reason):
    with pytest.raises(DomainError) as caught:
        revoke(certificate=certify(), reason=reason, by=admin)

    assert caught.value.field == "reason"


def test_revoking_twice_is_refused_and_told_once(certify, admin):
    certificate = certify()
    revoke(certificate=certificate, reason="Erreur", by=admin)

    with pytest.raises(DomainError, match="déjà plus valable"):
        revoke(certificate=certificate, reason="Erreur", by=admin)
    assert Message.objects.filter(kind="certificate_revoked").count() == 1


def test_what_was_revoked_comes_back_only_when_it_is_asked_for(certify, admin):
    certificate = certify()
    registration = certificate.registration
    revoke(certificate=certificate, reason="Erreur", by=admin)

    assert issue_all(session=registration.session, by=admin) == []
    correct(registration, State.LATE, admin, minutes=60)
    assert not registration.certificates.filter(status=Status.VALID).exists()

    again = issue(registration=registration, by=admin)
    assert (again.version, again.replaces, again.facts["minutes"]) == (2, None, 60)


def test_what_the_sheets_took_away_they_give_back(certify, admin):
    registration = certify().registration

    correct(registration, State.ABSENT, admin)
    correct(registration, State.PRESENT, admin)

    assert registration.certificates.get(status=Status.VALID).version == 2


def test_made_again_with_the_words_of_the_day(certify, admin):
    old = certify()
    organisation = old.registration.session.activity.organisation
    organisation.signatory = "Dr Nouvelle, présidente"
    organisation.save()
    registration = Registration.objects.get(pk=old.registration_id)

    assert issue(registration=registration, by=admin) == old
    new = issue(registration=registration, by=admin, anew=True)
    assert (new.version, new.facts["signatory"]) == (2, "Dr Nouvelle, présidente")
    assert issue(registration=registration, by=admin, anew=True) == new


def test_a_proof_kept_after_erasure_follows_the_sheet_under_its_old_name(admin):
    person = trained(admin)
    erase(user=person.user, by=None, reason=Reason.PERSON)
    kept = person.certificates.get(kind=Kind.PRESENCE)
    assert kept.status == Status.VALID

    correct(person, State.LEFT, admin, minutes=30)

    follows = person.certificates.get(kind=Kind.PRESENCE, status=Status.VALID)
    assert (follows.facts["minutes"], follows.facts["person"]) == (30, kept.facts["person"])
    assert not Message.objects.filter(kind__startswith="certificate", recipient__contains="efface").exists()


def imported(by: User | None = None) -> tuple[Session, Registration]:
    session = make_session(days=-30, imported=True)
    person, slot = make_registration(session), session.slots.get()
    mark_imported(slot=slot, marks={person.pk: State.PRESENT}, by=by)
    settle_imported_sheet(slot=slot, by=by)
    return session, person


def test_an_imported_session_gives_certificates_on_request_only(admin):
    session, person = imported()
    assert not person.certificates.exists()

    [certificate] = issue_all(session=session, by=admin, mails=True)

    assert certificate.facts["minutes"] == 120
    assert Message.objects.get(kind="certificate").registration == person


def test_a_mail_about_a_document_is_written_once(admin):
    session, _person = imported()

    for _ in range(2):
        issue_all(session=session, by=admin, mails=True)

    [message] = Message.objects.filter(kind="certificate")
    assert certificate_token(Certificate.objects.get()) in message.body
    assert "Vous le retrouvez" in message.body
    assert "Ce lien vous est personnel" in message.body


def test_issuing_for_many_takes_as_many_queries_but_for_the_journal(admin, django_assert_max_num_queries):
    sessions = []
    for people in (1, 3):
        session = make_session(days=-30 - people, imported=True)
        slot = session.slots.get()
        marks = {make_registration(session).pk: State.PRESENT for _ in range(people)}
        mark_imported(slot=slot, marks=marks, by=None)
        settle_imported_sheet(slot=slot, by=None)
        sessions.append((people, session))

    for people, session in sessions:
        with django_assert_max_num_queries(19 + people):
            assert len(issue_all(session=session, by=admin)) == people
