"""The convocation to a training: from live data, for whoever is confirmed, linked where they look."""

import io
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from certificates.domain.convocation import convocation, convocation_path
from certificates.models import DocumentSettings, DocumentTemplate
from common.errors import DomainError
from events.domain.links import registration_token
from events.domain.notices import notify_all_after
from events.domain.registration import withdraw
from events.domain.sessions import SlotTimes
from events.models import JournalEntry, Message, Registration, SessionRole
from tests.factories import make_admin, make_registration, make_session, make_training
from trainings.models import TrainingPage

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture
def training():
    return make_training(
        title="Leader", accessibility_contact="Anne Lefort, handicap@example.org", prerequisites="Aucun"
    )


@pytest.fixture
def registration(training):
    start = timezone.now() + timedelta(days=30)
    slots = [
        SlotTimes(start + timedelta(days=7 * n), start + timedelta(days=7 * n, hours=3), label)
        for n, label in enumerate(("Comprendre", "Agir", "Tenir"))
    ]
    session = make_session(
        training.activitypage_ptr, slots=slots, title="Printemps", access="Bus 2", to_bring="De quoi écrire"
    )
    SessionRole.objects.create(
        session=session, role=SessionRole.Role.TRAINER, name="Hélène Marais", presentation="psychologue"
    )
    made = make_registration(session, first_name="Élodie", last_name="Le Goff")
    return Registration.objects.select_related("session__activity__organisation", "user").get(pk=made.pk)


def text(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_it_says_all_that_one_needs_to_come(registration):
    said = text(convocation(registration))
    for each in (
        "Convocation", "Élodie Le Goff", "Leader", "Printemps", "Comprendre", "Agir", "Tenir", "9 h en tout",
        "Maison de santé", "Le Havre", "Bus 2", "De quoi écrire", "Hélène Marais, psychologue",
        registration.session.activity.organisation.email, "handicap@example.org",
    ):  # fmt: skip
        assert each in said
    assert "Prérequis" not in said


def test_it_follows_what_changes(registration):
    registration.session.place_name = "Salle des fêtes"
    assert "Salle des fêtes" in text(convocation(registration))


def test_it_carries_no_link_that_acts_in_the_persons_name(registration):
    pdf = convocation(registration)
    assert registration_token(registration).encode() not in pdf
    assert registration_token(registration) not in text(pdf)


def test_the_organisations_words_stand_on_it(registration):
    organisation = registration.session.activity.organisation
    DocumentTemplate.objects.create(
        organisation=organisation, kind="convocation", title="Invitation", opening="Chère consœur",
        closing="Parking au sous-sol.",
    )  # fmt: skip
    DocumentSettings.objects.create(
        organisation=organisation, declaration_number="28760000076", declaration_region="Normandie"
    )
    said = text(convocation(registration))
    for each in ("Invitation", "Chère consœur", "Parking au sous-sol", "28760000076", "ne vaut pas agrément"):
        assert each in said


def test_a_hostile_name_is_text(registration):
    Registration.objects.filter(pk=registration.pk).update(last_name='<img src="file:///etc/passwd">')
    registration.user.last_name = ""
    registration.refresh_from_db()
    assert "file:///etc/passwd" in text(convocation(registration))


def test_the_personal_link_opens_it_and_a_withdrawal_ends_it(client, registration):
    url = convocation_path(registration)
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert url in client.get(reverse("events:registration", args=[registration_token(registration)])).text
    withdraw(registration=registration)
    answer = client.get(url)
    assert (answer.status_code, answer["Location"][:14]) == (302, "/inscriptions/")
    with pytest.raises(DomainError):
        convocation(Registration.objects.get(pk=registration.pk))
    assert client.get("/inscriptions/1.1.x/convocation.pdf").status_code == 404


def test_the_mail_that_confirms_links_it_and_that_of_a_meeting_does_not(registration):
    sent = Message.objects.get(registration=registration, kind="confirmed").body
    assert convocation_path(registration) in sent
    meeting = make_registration(make_session())
    assert "onvocation" not in Message.objects.get(registration=meeting, kind="confirmed").body


def test_it_is_in_ones_space(client, registration):
    client.force_login(registration.user)
    assert convocation_path(registration) in client.get("/mon-espace/").text


def test_the_coordination_fetches_it_and_the_journal_says_so(client, registration):
    client.force_login(make_admin())
    url = reverse("certificates_convocation", args=[registration.pk])
    assert url in client.get(reverse("registrations:inspect", args=[registration.pk])).text
    assert client.get(url)["Content-Type"] == "application/pdf"
    assert JournalEntry.objects.get(action="escale.export").data == {
        "registration": registration.pk,
        "what": "convocation",
    }


@pytest.mark.parametrize("number", [1, 3])
def test_thanking_several_people_takes_the_same_queries(number, django_assert_num_queries) -> None:
    session = make_session(make_training().activitypage_ptr)
    made = [make_registration(session).pk for _ in range(number)]
    people = Registration.objects.filter(pk__in=made).order_by("pk")
    ContentType.objects.get_for_model(TrainingPage)  # kept from then on

    with django_assert_num_queries(4):
        notify_all_after(session=session, thanks=[(each, "/avis/", "/attestation/") for each in people])
