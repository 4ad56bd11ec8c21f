"""A training's last sheet or last assessment: whoever completed it gets its documents, nobody else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.domain.assessing import assess
from certificates.domain.closing import close_sheet, correct_sheet
from certificates.models import Certificate
from common.errors import DomainError
from events.domain.attendance import mark
from events.domain.sessions import SlotTimes
from events.models import Attendance, Message
from tests.factories import make_registration, make_session
from tests.trainings.test_completion import AIMS, half_days, training
from trainings.domain.assessing import objectives_of
from trainings.models import Completion, TrainingSettings

pytestmark = pytest.mark.django_db
Kind, Status = Certificate.Kind, Certificate.Status
PRESENT, ABSENT = Attendance.State.PRESENT, Attendance.State.ABSENT
ALL = {Kind.PRESENCE, Kind.COMPLETION, Kind.REALISATION}
training = training


def kinds(registration) -> set[str]:
    return set(registration.certificates.filter(status=Status.VALID).values_list("kind", flat=True))


def close(session, came, by) -> None:
    for slot in session.slots.order_by("starts_at"):
        mark(slot=slot, marks={each.pk: PRESENT for each in came}, by=by)
        close_sheet(slot=slot, by=by)


def levels(registration, level="acquired"):
    return {registration.pk: dict.fromkeys(AIMS, level)}


def test_the_last_sheet_gives_whoever_completed_all_three_documents_in_two_mails(training, admin):
    session = half_days(training, 2)
    whole, part = make_registration(session), make_registration(session)
    first, last = session.slots.order_by("starts_at")
    mark(slot=first, marks={whole.pk: PRESENT, part.pk: PRESENT}, by=admin)
    close_sheet(slot=first, by=admin)
    assert kinds(whole) == set()
    mark(slot=last, marks={whole.pk: PRESENT, part.pk: ABSENT}, by=admin)
    close_sheet(slot=last, by=admin)
    assert kinds(whole) == ALL
    assert kinds(part) == {Kind.PRESENCE}
    told = Message.objects.filter(kind__in=["after", "certificate"]).order_by("pk")
    assert [(each.kind, each.registration_id) for each in told] == [
        ("after", whole.pk),
        ("after", part.pk),
        ("certificate", whole.pk),
    ]
    both = told[2]
    assert both.subject.startswith("Vos documents")
    assert "Ces liens vous sont personnels" in both.body


def test_an_assessment_after_the_closing_completes_and_is_printed(training, admin):
    TrainingSettings.objects.create(activity=training, evaluation_required=True)
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    assert kinds(person) == {Kind.PRESENCE}
    changed, followed = assess(session=session, levels=levels(person), by=admin)
    assert (changed, len(followed.issued)) == (1, 2)
    assert kinds(person) == ALL
    facts = person.certificates.get(kind=Kind.COMPLETION).facts["training"]
    assert {each["level"] for each in facts["objectives"]} == {"acquired"}


def test_another_assessment_replaces_the_document_that_said_it(training, admin):
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    old = person.certificates.get(kind=Kind.COMPLETION)
    assess(session=session, levels=levels(person, "partly"), by=admin)
    new = person.certificates.get(kind=Kind.COMPLETION, status=Status.VALID)
    assert (new.replaces, new.version) == (old, 2)


def test_an_assessment_replaces_no_document_that_does_not_say_it(training, admin):
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    _changed, followed = assess(session=session, levels=levels(person), by=admin)
    assert [each.kind for each in followed.replaced] == [Kind.COMPLETION]
    assert {each.version for each in person.certificates.exclude(kind=Kind.COMPLETION)} == {1}


def test_taking_a_required_assessment_back_takes_its_documents_back(training, admin):
    TrainingSettings.objects.create(activity=training, evaluation_required=True)
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    assess(session=session, levels=levels(person), by=admin)
    assess(session=session, levels={person.pk: {}}, by=admin)
    assert kinds(person) == {Kind.PRESENCE}
    assert not Completion.objects.exists()


def test_who_completed_only_after_a_correction_gets_the_documents_then(training, admin):
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [], admin)
    assert kinds(person) == set()
    correct_sheet(slot=session.slots.get(), marks={person.pk: PRESENT}, reason="Oubliée", by=admin)
    assert kinds(person) == ALL


def test_a_stricter_rule_of_later_takes_nothing_from_whoever_completed(training, admin):
    session = half_days(training, 1)
    person, other = make_registration(session), make_registration(session)
    close(session, [person, other], admin)
    TrainingSettings.objects.create(activity=training, evaluation_required=True)
    correct_sheet(slot=session.slots.get(), marks={other.pk: ABSENT}, reason="Confondue", by=admin)
    assert kinds(person) == ALL
    assert kinds(other) == set()


def test_two_who_assess_the_same_person_do_not_overwrite_each_other(training, admin):
    session = half_days(training, 1)
    person, shown = make_registration(session), {}
    assess(session=session, levels=levels(person, "partly"), by=admin, seen=shown)
    with pytest.raises(DomainError, match="Quelqu’un d’autre"):
        assess(session=session, levels=levels(person), by=admin, seen=shown)
    assert set(person.assessments.values_list("level", flat=True)) == {"partly"}


def test_the_desk_can_send_the_form_that_issues_for_one_person(training, admin, client):
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    person.certificates.all().delete()
    client.force_login(admin)
    page = client.get(reverse("registrations:inspect", args=[person.pk])).text
    forms = re.findall(r"<form[^>]*>(.*?Délivrer.*?)</form>", page, re.S)
    assert forms
    assert all('name="csrfmiddlewaretoken" value="' in form for form in forms)


def test_nobody_is_assessed_before_the_training_begins(training, admin):
    start = timezone.now() + timedelta(days=9)
    session = make_session(training.activitypage_ptr, slots=[SlotTimes(start, start + timedelta(hours=3))])
    person = make_registration(session)
    with pytest.raises(DomainError, match="L’évaluation ouvre le jour où la formation commence"):
        assess(session=session, levels=levels(person), by=admin)


def test_an_objective_longer_than_an_assessment_holds_is_named_once(training, admin):
    training.objectives = "Repérer " * 60
    training.save()
    session = half_days(training, 1)
    person = make_registration(session)
    close(session, [person], admin)
    [aim] = objectives_of(session)
    assess(session=session, levels={person.pk: {aim: "acquired"}}, by=admin)

    facts = person.certificates.get(kind=Kind.COMPLETION, status=Status.VALID).facts["training"]
    assert facts["objectives"] == [{"objective": aim, "level": "acquired"}]
