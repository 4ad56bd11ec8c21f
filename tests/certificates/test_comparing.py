"""A file that somebody received: recognised byte for byte, forgotten at once, and tried in vain."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates.domain.issuing import revoke
from certificates.domain.links import certificate_token
from certificates.forms import verification
from certificates.forms.verification import TOO_LONG
from certificates.models import Certificate, CertificateFile
from certificates.views import limits
from tests.factories import make_coordinator, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def send(client, content: bytes, name: str = "attestation.pdf"):
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.post(reverse("certificates:compare"), {"fichier": file})


@pytest.fixture
def handed_out(client, certify) -> tuple[Certificate, bytes]:
    certificate = certify(first_name="Camille", last_name="Zanzibar")
    path = reverse("certificates:download", args=[certificate_token(certificate)])
    return certificate, client.get(path).content


def test_the_file_that_was_handed_out_is_recognised(client, handed_out):
    _certificate, pdf = handed_out

    page = send(client, pdf).content.decode()

    assert "à l’octet près, celui qui a été délivré" in page
    assert "est valable" in page
    assert "Camille Z." in page
    assert "Zanzibar" not in page


def test_one_byte_more_and_it_is_not(client, handed_out):
    _certificate, pdf = handed_out

    page = send(client, pdf + b"\n").content.decode()

    assert "n’est pas, tel quel, un de ceux" in page
    assert "Camille" not in page


def test_a_file_of_a_revoked_certificate_says_so(client, handed_out, admin):
    certificate, pdf = handed_out
    revoke(certificate=certificate, reason="Erreur", by=admin)

    page = send(client, pdf).content.decode()

    assert "a été révoquée le" in page
    assert "Erreur" not in page


def test_downloading_twice_keeps_one_digest(client, handed_out):
    certificate, pdf = handed_out
    path = reverse("certificates:download", args=[certificate_token(certificate)])

    assert client.get(path).content == pdf
    assert CertificateFile.objects.get().certificate == certificate


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "vide"), (b"GIF89a", "n’est pas un PDF"), (b"%PD", "n’est pas un PDF")]
)
def test_what_is_no_pdf_gets_a_sentence(client, content, sentence):
    response = send(client, content)

    assert response.status_code == 422
    assert sentence in response.content.decode()


@pytest.mark.parametrize("posted", [{}, {"fichier": "x"}, {"fichier": "\0"}])
def test_no_file_gets_a_sentence(client, posted):
    response = client.post(reverse("certificates:compare"), posted)

    assert response.status_code == 422
    assert "Choisissez un fichier PDF" in response.content.decode()


def test_a_long_file_is_refused_unread(client, monkeypatch):
    monkeypatch.setattr(verification, "MOST_BYTES", 0)
    monkeypatch.setattr("certificates.views.certificates.MOST_BYTES", 0)
    monkeypatch.setattr("certificates.views.certificates.MARGIN", 0)

    response = send(client, b"%PDF-1.7")

    assert response.status_code == 413
    assert "dépasse 5" in response.content.decode()


@pytest.mark.parametrize("length", ["abc", "-5", "9" * 20, "9" * 5000, str(6 * 1024 * 1024)])
def test_a_length_that_is_none_or_too_long_is_refused_before_anything_is_read(client, length):
    kind = "multipart/form-data; boundary=x"
    response = client.generic(
        "POST", reverse("certificates:compare"), b"", content_type=kind, CONTENT_LENGTH=length
    )

    assert response.status_code == 413
    assert TOO_LONG in response.content.decode()


def test_comparing_leads_back_when_it_is_opened(client):
    assert client.get(reverse("certificates:compare")).url == reverse("certificates:verify")


def test_trying_many_files_is_slowed_for_that_address_only(client, handed_out):
    _certificate, pdf = handed_out
    for _ in range(limits.FILES):
        send(client, b"%PDF-x")

    assert send(client, pdf).status_code == 429
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    assert send(client, pdf).status_code == 200


def test_a_certificate_is_read_fetched_and_revoked_in_the_administration(client, certify, admin):
    certificate = certify()
    client.force_login(admin)
    page = reverse("certificates_document", args=[certificate.pk])
    assert "Télécharger le PDF" in client.get(page).content.decode()

    pdf = client.post(reverse("certificates_pdf", args=[certificate.pk]))
    assert pdf.content.startswith(b"%PDF-")
    refused = client.post(reverse("certificates_revoke", args=[certificate.pk]), {"reason": " "})
    assert refused.status_code == 422
    done = client.post(reverse("certificates_revoke", args=[certificate.pk]), {"reason": "Erreur"})
    assert done.url == page
    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.REVOKED
    assert "Délivrer de nouveau" in client.get(page).content.decode()

    again = client.post(
        reverse("certificates_issue_one", args=[certificate.registration_id]), {"kind": "presence"}
    )
    assert "Version 1" in client.get(again.url).content.decode()
    assert certificate.registration.certificates.get(status="valid").version == 2


@pytest.mark.parametrize("kind", ["", "x", "\0", "completion"])
def test_a_kind_that_cannot_be_leads_back_with_a_sentence(client, certify, admin, kind):
    registration = certify().registration
    client.force_login(admin)

    response = client.post(
        reverse("certificates_issue_one", args=[registration.pk]), {"kind": kind}, follow=True
    )

    assert response.status_code == 200
    assert registration.certificates.count() == 1


def test_another_structure_has_no_such_certificate(client, certify):
    certificate = certify()
    client.force_login(make_coordinator(make_organisation()))

    for name in ("certificates_document", "certificates_pdf", "certificates_revoke"):
        assert client.post(reverse(name, args=[certificate.pk])).status_code in (404, 405)
    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.VALID
