"""The PDF of a certificate as it is handed out, and knowing it again by its digest.

Rendering loads WeasyPrint, which takes a second: commands do without it, hence the late imports.
"""

import hashlib
from collections.abc import Mapping
from typing import IO

from django.utils import timezone
from django.utils.text import slugify

from certificates.domain.numbers import grouped
from certificates.models import Certificate, CertificateFile

CHUNK = 64 * 1024


def hand_out(certificate: Certificate) -> bytes:
    """Its PDF; the digest is kept, so that the file can be recognised."""
    pdf = make(certificate)
    remember({digest(pdf): certificate.pk})
    return pdf


def make(certificate: Certificate) -> bytes:
    from certificates.domain.rendering import render_pdf

    return render_pdf(certificate)


def load() -> None:
    """Take the second that WeasyPrint and the fonts take to load now."""
    import common.pdf_joining  # noqa: F401
    from certificates.domain.rendering import STYLE
    from common.pdf_drawing import prepare

    prepare(STYLE)


def digest(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def digest_of(file: IO[bytes]) -> str:
    """Of a file that somebody sends, read piece by piece and not kept."""
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()


def remember(digests: Mapping[str, int]) -> None:
    """Digest → certificate; one that is known already stays as it is."""
    now = timezone.now()
    rows = [CertificateFile(sha256=each, certificate_id=pk, made_at=now) for each, pk in digests.items()]
    CertificateFile.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def recognised(sha256: str) -> Certificate | None:
    """The certificate whose PDF was handed out with these very bytes."""
    found = CertificateFile.objects.select_related("certificate").filter(sha256=sha256).first()
    return found.certificate if found else None


def file_name(certificate: Certificate) -> str:
    """For whoever holds the document: no name of a person, which a download list would show."""
    return f"{slugify(certificate.get_kind_display())}-{certificate.number}.pdf"


def archive_name(certificate: Certificate) -> str:
    """In an archive for the coordination, that looks for a person; the number makes it unique."""
    person = slugify(certificate.facts["person"])[:60]
    return f"{person}-{slugify(certificate.get_kind_display())}-{grouped(certificate.number)[:11]}.pdf"
