"""The electronic seal of an organisation: off unless its key is there, and right when it is."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from shutil import which

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates.domain import sealing
from certificates.domain.rendering import render_pdf
from certificates.domain.wording import wording
from certificates.models import DocumentSettings
from tests.certificates.test_document import fake, text_of
from tests.factories import make_organisation

pytestmark = pytest.mark.one_engine

PASSPHRASE = "une phrase qui ouvre"


def write_key(path) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CPTS du Port, cachet")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    locked = BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"cachet", key, certificate, None, locked))
    return certificate


@pytest.fixture
def keys(settings, tmp_path):
    settings.SEALS_DIR, settings.SEALS_PASSPHRASE = str(tmp_path), PASSPHRASE
    return tmp_path


def test_without_a_key_nothing_is_sealed():
    pdf = render_pdf(fake())

    assert sealing.seal(pdf, organisation="cpts-du-port") is pdf
    assert not sealing.has_key("cpts-du-port")


def test_a_seal_covers_the_whole_document_and_tells_a_change(keys):
    known = write_key(keys / "cpts-du-port.p12")

    sealed = sealing.seal(render_pdf(fake()), organisation="cpts-du-port")

    def status(content: bytes):
        from asn1crypto.x509 import Certificate as Asn1Certificate
        from cryptography.hazmat.primitives.serialization import Encoding

        root = Asn1Certificate.load(known.public_bytes(Encoding.DER))
        [signature] = PdfFileReader(io.BytesIO(content)).embedded_signatures
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        return validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))

    found = status(sealed)
    assert found.intact
    assert found.valid
    assert found.trusted
    assert found.coverage.name == "ENTIRE_FILE"
    assert text_of(sealed) == text_of(render_pdf(fake()))
    forged = sealed.replace(b"%PDF-1.7", b"%PDF-1.6", 1)
    assert not status(forged).intact


@pytest.mark.skipif(which("qpdf") is None, reason="qpdf is not installed")
def test_a_sealed_document_is_sound(keys, tmp_path):
    write_key(keys / "cpts-du-port.p12")
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealing.seal(render_pdf(fake()), organisation="cpts-du-port"))

    assert subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode == 0


def test_a_key_that_does_not_open_leaves_the_document_unsealed_and_says_so(keys, settings, caplog):
    write_key(keys / "cpts-du-port.p12")
    settings.SEALS_PASSPHRASE = "une autre"
    sealing._open.cache_clear()
    pdf = render_pdf(fake())

    assert sealing.seal(pdf, organisation="cpts-du-port") is pdf
    assert "does not open" in caplog.text
    assert not sealing.has_key("cpts-du-port")


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "sealed"), [(True, 1), (False, 0)])
def test_an_organisation_seals_only_if_it_asked_to(asked, sealed, keys):
    organisation = make_organisation(name="CPTS du Port")
    write_key(keys / f"{organisation.slug}.p12")
    DocumentSettings.objects.create(organisation=organisation, seals=asked)

    pdf = render_pdf(fake(document=wording(organisation=organisation, kind="presence")))

    assert len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) == sealed
