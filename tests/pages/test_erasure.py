"""Erasing a person: nothing names them any more, nothing that is counted changes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session as Visit
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from certificates.domain.closing import close_sheet
from certificates.domain.links import certificate_token
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import answers, attendance, mailings, outbox
from events.domain.erasure import forget_farewells
from events.domain.links import registration_token
from events.domain.people import Person
from events.domain.registration import register
from events.domain.report import report
from events.domain.upkeep import wrong_counters
from events.models import (
    ActivityPage,
    Answer,
    JournalEntry,
    Message,
    Registration,
    Session,
    SessionRole,
    SurveyInvitation,
)
from members.domain.consents import give_consent
from members.models import Consent, Membership, User
from pages.domain.erasure import Reason, erase, plan
from tests import factories
from trainings.models import TrainingPage

pytestmark = pytest.mark.django_db

NAMES = {"first_name": "Zénobie", "last_name": "Quelconque"}
ADDRESS = "zenobie.quelconque@example.org"
RPPS = "10009876543"


def person(**fields: Any) -> Person:
    return Person(
        **({**NAMES, "email": ADDRESS, "profession": "60", "civility": "mme", "rpps": RPPS} | fields)
    )


def come(session: Session, *, by: User) -> Registration:
    """Somebody came, signed, and holds a certificate."""
    registration = factories.make_registration(session, **NAMES, email=ADDRESS, rpps=RPPS, civility="mme")
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={registration.pk: "present"}, by=by)
    close_sheet(slot=slot, by=by)
    return registration


def make_training(**fields: Any) -> ActivityPage:
    activity = factories.make_activity()
    parent = activity.get_parent()
    page = parent.add_child(
        instance=TrainingPage(
            title="Repérer", slug="reperer", summary="x", organisation=activity.organisation
        )
    )
    return ActivityPage.objects.get(pk=page.pk)


def everything_written() -> str:
    """Every text that the database holds, but for the last words that wait to leave."""
    found = []
    for model in apps.get_models():
        rows = model._default_manager.all()
        if model is Message:
            rows = rows.exclude(kind="erased")
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if fields:
            found += [json.dumps(row, default=str, ensure_ascii=False) for row in rows.values_list(*fields)]
    found += [json.dumps(visit.get_decoded(), default=str) for visit in Visit.objects.all()]
    return "\n".join(found).lower()


@pytest.fixture
def user() -> User:
    """Somebody of whom there is some of everything."""
    admin = factories.make_admin()
    past, coming = factories.make_session(days=-10), factories.make_session(capacity=1)
    come(past, by=admin)
    registered = register(session=coming, person=person()).registration
    Answer.objects.create(
        registration=registered, label="Un mot ?", kind="text", value="Zénobie aime le thé", is_need=False
    )
    text = {"subject": "Parking", "body": "Bonjour {prenom}"}
    mailings.send_trial(session=coming, registration=registered, by=admin, **text)
    user = User.objects.get(email=ADDRESS)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    give_consent(user=user, organisation=coming.activity.organisation, purpose="news")
    SessionRole.objects.create(
        session=past, user=user, role=SessionRole.Role.SPEAKER, name="Zénobie Quelconque"
    )
    return user


def test_nothing_in_the_database_names_them_any_more(user: User) -> None:
    browser = Client()
    browser.force_login(user)
    assert "quelconque" in everything_written()
    erase(user=user, by=None, reason=Reason.PERSON)
    said = everything_written()
    for trace in ("zénobie", "quelconque", ADDRESS, RPPS):
        assert trace not in said, trace
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password(), user.erased_at is None) == (False, False, False)
    assert not Visit.objects.filter(session_key=browser.session.session_key).exists()
    assert not EmailAddress.objects.exists()
    assert not Authenticator.objects.exists()
    assert not Answer.objects.exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_a_browser_that_remembers_the_address_forgets_it(user: User) -> None:
    browser = Client()
    session = browser.session
    session["registration_outcomes"] = {"1": {"email": ADDRESS}}
    session.save()
    erase(user=user, by=None, reason=Reason.PERSON)
    assert not Visit.objects.filter(session_key=session.session_key).exists()


def test_a_coming_place_goes_to_who_waits(user: User) -> None:
    coming = Session.objects.get(capacity=1)
    waiting = factories.make_registration(coming)
    assert waiting.state == "waitlisted"
    erase(user=user, by=None, reason=Reason.PERSON)
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert Registration.objects.get(session=coming, user=user).state == "withdrawn"
    assert wrong_counters() == []


def test_what_is_to_come_is_listed_in_the_order_of_the_days(user: User) -> None:
    later, sooner = factories.make_session(days=30), factories.make_session(days=3)
    for session in (later, sooner):
        factories.make_registration(session, email=ADDRESS)
    days = [registration.session.starts_at for registration in plan(user=user).coming]
    assert len(days) == 3
    assert days == sorted(days)


def test_messages_that_wait_do_not_leave_and_those_that_left_say_nothing(user: User, mailoutbox: Any) -> None:
    sent = Message.objects.filter(recipient=ADDRESS).order_by("pk").first()
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())
    erase(user=user, by=None, reason=Reason.PERSON)
    outbox.deliver_due()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([ADDRESS], "Vos données sont effacées")]
    forget_farewells()
    assert not Message.objects.filter(recipient=ADDRESS).exists()
    assert set(Message.objects.values_list("recipient", "body").distinct()) == {("", "")}


def test_personal_links_open_nothing_any_more(user: User, client: Client) -> None:
    token = registration_token(Registration.objects.get(user=user, state="confirmed", session__capacity=1))
    assert client.get(f"/inscriptions/{token}/").status_code == 200
    erase(user=user, by=None, reason=Reason.PERSON)
    assert client.get(f"/inscriptions/{token}/").status_code == 404


def test_verifying_a_certificate_of_presence_names_nobody(user: User, client: Client) -> None:
    certificate = Certificate.objects.get()
    erase(user=user, by=None, reason=Reason.PERSON)
    page = client.get(f"/attestations/{certificate.number}/", follow=True).text
    assert "n’est plus valable" in page
    assert "Zénobie" not in page
    assert client.get(f"/attestations/pdf/{certificate_token(certificate)}/").status_code == 410


def test_the_certificate_of_a_training_stays_for_its_years_and_is_announced(client: Client) -> None:
    training = factories.make_session(make_training(), days=-10)
    come(training, by=factories.make_admin())
    user, given = User.objects.get(email=ADDRESS), list(Certificate.objects.order_by("issued_at", "pk"))
    assert len(given) == 3  # presence, end of training, realisation
    assert plan(user=user).kept == given
    erase(user=user, by=None, reason=Reason.PERSON)
    for certificate in given:
        certificate.refresh_from_db()
        assert (certificate.status, certificate.facts["person"]) == ("valid", "Zénobie Quelconque")
    assert Registration.objects.get(user=user).full_name == "Personne effacée"


def test_registering_again_with_the_same_address_makes_a_new_account(user: User) -> None:
    erase(user=user, by=None, reason=Reason.PERSON)
    again = register(session=factories.make_session(), person=person()).registration
    assert again.user.pk != user.pk
    assert again.user.email == ADDRESS


def test_erasing_twice_is_harmless(user: User) -> None:
    erase(user=user, by=None, reason=Reason.PERSON)
    before = JournalEntry.objects.count()
    erase(user=User.objects.get(pk=user.pk), by=None, reason=Reason.PERSON)
    assert JournalEntry.objects.count() == before
    assert Message.objects.filter(kind="erased").count() == 1


def test_the_journal_says_it_with_numbers_and_no_name(user: User) -> None:
    erase(user=user, by=None, reason=Reason.PERSON)
    entries = JournalEntry.objects.filter(action="escale.erase")
    assert {entry.data["account"] for entry in entries} == {user.pk}
    assert {entry.organisation_id for entry in entries} == set(
        Registration.objects.filter(user=user).values_list("session__activity__organisation", flat=True)
    )
    told = json.dumps(
        [[entry.label, entry.data] for entry in JournalEntry.objects.all()], default=str
    ).lower()
    assert "quelconque" not in told
    assert ADDRESS not in told


def test_who_coordinates_hands_the_role_over_first() -> None:
    coordinator = factories.make_coordinator(factories.make_organisation(short_name="CPTS du Port"))
    with pytest.raises(DomainError, match="Coordination de CPTS du Port"):
        erase(user=coordinator, by=None, reason=Reason.PERSON)
    Membership.objects.update(until=timezone.localdate() - timedelta(days=1))
    erase(user=coordinator, by=None, reason=Reason.PERSON)
    assert User.objects.get(pk=coordinator.pk).erased_at is not None


def test_who_leads_a_coming_session_is_replaced_first(user: User) -> None:
    role = SessionRole.objects.create(
        session=factories.make_session(), user=user, role=SessionRole.Role.FACILITATOR, name="Zénobie"
    )
    with pytest.raises(DomainError, match="nommer quelqu’un d’autre"):
        erase(user=user, by=None, reason=Reason.PERSON)
    assert Registration.objects.filter(user=user, first_name="Zénobie").count() == 2
    role.delete()
    erase(user=user, by=None, reason=Reason.PERSON)


def test_an_administrator_acts_for_somebody_a_coordinator_does_not(user: User) -> None:
    organisation = Session.objects.get(capacity=1).activity.organisation
    with pytest.raises(DomainError, match="administration"):
        erase(user=user, by=factories.make_coordinator(organisation), reason=Reason.LETTER)
    admin = factories.make_admin()
    with pytest.raises(DomainError, match="raison"):
        erase(user=user, by=admin, reason=Reason.PERSON)
    erase(user=user, by=admin, reason=Reason.LETTER)
    assert JournalEntry.objects.filter(action="escale.erase", user=admin).exists()


def test_a_sheet_closed_later_counts_them_and_writes_to_nobody(mailoutbox: Any) -> None:
    session, admin = factories.make_session(days=-1), factories.make_admin()
    registration = factories.make_registration(session, **NAMES, email=ADDRESS)
    attendance.mark(slot=session.slots.get(), marks={registration.pk: "present"}, by=admin)
    erase(user=registration.user, by=None, reason=Reason.PERSON)
    close_sheet(slot=session.slots.get(), by=admin)
    outbox.deliver_due()
    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]
    assert not Certificate.objects.exists()
    assert report(activities=[session.activity]).participations == 1
    assert SurveyInvitation.objects.count() == 1


def test_every_figure_of_the_demo_is_the_same_after_as_before(settings: Settings) -> None:
    settings.DEMO = True
    call_command("load_demo", verbosity=0)
    activities = list(ActivityPage.objects.all())
    before = [report(activities=[each]) for each in [*activities]] + [report(activities=activities)]
    erased = 0
    for user in User.objects.filter(registrations__attendances__isnull=False).distinct().order_by("pk")[:40]:
        if not plan(user=user).obstacles:
            erase(user=user, by=None, reason=Reason.PERSON)
            erased += 1
    assert erased >= 35
    after = [report(activities=[each]) for each in [*activities]] + [report(activities=activities)]
    assert after == before
    assert wrong_counters() == []


def test_answers_of_others_stay(user: User) -> None:
    other = factories.make_registration(factories.make_session())
    Answer.objects.create(registration=other, label="Un mot ?", kind="text", value="Autre", is_need=False)
    erase(user=user, by=None, reason=Reason.PERSON)
    assert [answers.in_words(each) for each in Answer.objects.all()] == ["Autre"]
    other.refresh_from_db()
    assert other.first_name == "Camille"
