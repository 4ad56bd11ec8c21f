"""Verifying and downloading: the least data, and nothing to guess."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.domain.links import LASTS, certificate_token
from certificates.domain.numbers import grouped, new_number
from certificates.models import Certificate
from certificates.views import limits
from events.domain.attendance import mark
from events.models import Attendance
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_registration,
    make_session,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def download_path(certificate: Certificate) -> str:
    return reverse("certificates:download", args=[certificate_token(certificate)])


def public_path(number: str) -> str:
    return reverse("certificates:certificate", args=[number])


def test_the_public_page_says_valid_with_the_least_data(client, certify):
    organisation = make_organisation(name="CPTS du Port")
    session = make_session(make_activity(organisation, title="Café des Soignants"), days=-1)
    certificate = certify(session, first_name="Camille", last_name="Zanzibar", rpps="10003456789")

    response = client.get(public_path(certificate.number))

    page = response.content.decode()
    for part in ("est valable", "Camille Z.", "CPTS du Port", "Café des Soignants", "2\u00a0h"):
        assert part in page
    registration = certificate.registration
    for secret in ("Zanzibar", registration.email, "Infirmier", "10003456789", "Maison de santé"):
        assert secret not in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("status", "sentence"), [("replaced", "a été remplacée"), ("revoked", "a été révoquée")]
)
def test_a_certificate_that_no_longer_holds_says_so_everywhere(client, certify, status, sentence):
    certificate = certify()
    Certificate.objects.update(status=status)

    assert sentence in client.get(public_path(certificate.number)).content.decode()
    download = client.get(download_path(certificate))
    assert (download.status_code, download["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert sentence in download.content.decode()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("valid", "Ce certificat est valable."),
        ("replaced", "Ce certificat a été remplacé"),
        ("revoked", "Ce certificat a été révoqué"),
    ],
)
def test_a_certificat_de_realisation_is_not_called_an_attestation(client, certify, status, sentence):
    certificate = certify()
    Certificate.objects.update(status=status, kind=Certificate.Kind.REALISATION)

    page = client.get(public_path(certificate.number)).content.decode()
    assert sentence in page
    assert "<title>Certificat " in page
    assert "attestation a" not in page
    assert "Elle " not in page
    if status != "valid":
        assert sentence in client.get(download_path(certificate)).content.decode()


def test_a_replaced_certificate_leads_to_the_valid_one(client, certify):
    old = certify()
    old.status = Certificate.Status.REPLACED
    old.save()
    new = Certificate.objects.create(
        registration=old.registration, number=new_number(), facts=old.facts, issued_at=timezone.now()
    )

    assert download_path(new) in client.get(download_path(old)).content.decode()


@pytest.mark.parametrize(
    "change", [str.lower, lambda n: n.replace("0", "O"), grouped, lambda n: f" {n[:9]} {n[9:]}"]
)
def test_a_number_copied_by_hand_finds_its_page(client, certify, change):
    certificate = certify()

    response = client.get(reverse("certificates:verify"), {"numero": change(certificate.number)}, follow=True)

    assert response.redirect_chain[-1][0] == public_path(certificate.number)
    assert "est valable" in response.content.decode()


@pytest.mark.parametrize("typed", ["", "court", "x" * 10_000, "\0" * 26, "🙂", "U" * 26])
def test_what_cannot_be_a_number_gets_a_sentence_and_stays_typed(client, typed):
    response = client.get(reverse("certificates:verify"), {"numero": typed})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.parametrize("number", ["pdf", "0" * 26, "%00", "🙂", "a" * 500])
def test_an_unknown_number_is_a_404_that_says_what_to_do(client, number):
    response = client.get(f"/attestations/{number}/")

    assert response.status_code == 404
    assert "Aucune attestation ne porte ce numéro" in response.content.decode()


def test_guessing_is_slowed_for_that_address_only(client, certify):
    certificate = certify()
    for _ in range(limits.UNKNOWN_NUMBERS):
        assert client.get(public_path(new_number())).status_code == 404

    slowed = client.get(public_path(certificate.number))
    assert slowed.status_code == 429
    assert "Attendez dix minutes" in slowed.content.decode()
    assert client.get(public_path(certificate.number), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_verifying_good_numbers_is_never_slowed(client, certify):
    certificate = certify()

    answers = {
        client.get(public_path(certificate.number)).status_code for _ in range(limits.UNKNOWN_NUMBERS + 5)
    }

    assert answers == {200}


def test_the_link_downloads_a_pdf_that_no_cache_keeps(client, certify):
    certificate = certify()

    response = client.get(download_path(certificate))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        f'attachment; filename="attestation-de-presence-{certificate.number}.pdf"'
    )
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "tamper", [lambda t: "9" + t, lambda t: t[:-1], lambda t: t.split(".")[0], lambda t: "é.x"]
)
def test_a_forged_link_opens_nothing(client, certify, tamper):
    token = certificate_token(certify())

    assert client.get(f"/attestations/pdf/{tamper(token)}/").status_code == 404


def test_an_old_link_opens_for_its_owner_signed_in_only(client, certify):
    certificate = certify()
    Certificate.objects.update(issued_at=timezone.now() - LASTS - timedelta(days=1))

    assert client.get(download_path(certificate)).status_code == 410
    client.force_login(make_user())
    assert client.get(download_path(certificate)).status_code == 410
    client.force_login(certificate.registration.user)
    assert client.get(download_path(certificate))["Content-Type"] == "application/pdf"


def test_closing_names_who_counts_for_the_whole_slot_for_want_of_minutes(client, past_session, admin):
    slot = past_session.slots.get()
    late, left = (make_registration(past_session, first_name=name) for name in ("Ana", "Bea"))
    marks = {late.pk: Attendance.State.LATE, left.pk: Attendance.State.LEFT}
    mark(slot=slot, marks=marks, minutes={left.pk: 45}, by=admin)
    client.force_login(admin)

    page = client.get(reverse("certificates:close_sheet", args=[slot.pk])).text

    assert "1 personne en retard ou partie tôt, sans minutes" in page
    assert f"<li>{late.full_name}</li>" in page
    assert f"<li>{left.full_name}</li>" not in page


def test_the_owner_of_a_foreign_structure_gets_nothing_from_closing_pages(client, past_session):
    slot = past_session.slots.get()
    client.force_login(make_coordinator(make_organisation()))

    assert client.get(reverse("certificates:close_sheet", args=[slot.pk])).status_code == 404
    assert client.post(reverse("certificates:close_sheet", args=[slot.pk])).status_code == 404
    assert not slot.sheets.exists()


@pytest.mark.parametrize("name", ["verify", "certificate", "download"])
def test_certificate_pages_only_answer_get(client, name):
    args = [] if name == "verify" else ["x"]

    assert client.post(reverse(f"certificates:{name}", args=args)).status_code == 405
