"""The link that downloads one certificate: signed with 256 bits, good for three years."""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from events.domain.links import LinkError
from events.domain.mails import absolute

LASTS = timedelta(days=3 * 365)

_signer = Signer(sep=".", salt="escale.certificate")


def certificate_token(certificate: Certificate) -> str:
    return _signer.sign(str(certificate.pk))


def read_certificate_token(token: str) -> Certificate:
    """The certificate, of any status and age: see ``has_expired``. Raises ``LinkError``."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        raise LinkError from None
    certificate = Certificate.objects.select_related("registration").filter(pk=pk).first()
    if certificate is None:
        raise LinkError
    return certificate


def has_expired(certificate: Certificate) -> bool:
    return certificate.issued_at + LASTS <= timezone.now()


def download_url(certificate: Certificate) -> str:
    return absolute(reverse("certificates:download", args=[certificate_token(certificate)]))


def verification_url(certificate: Certificate) -> str:
    """What the QR code holds."""
    return absolute(reverse("certificates:certificate", args=[certificate.number]))


def verification_home() -> str:
    """Where anybody types a number."""
    return absolute(reverse("certificates:verify"))
