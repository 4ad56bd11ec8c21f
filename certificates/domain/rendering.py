"""The PDF of a certificate: from its facts alone, fetching nothing, the same bytes each time.

Only the seal of an organisation that has a key adds what changes: its time and its random number.
"""

from collections.abc import Mapping
from typing import Any

from certificates.domain import images, sealing
from certificates.domain.printed import printed
from certificates.models import Certificate
from common.pdf import write_pdf

QR, LOGO = "qr.png", "logo.jpg"
STYLE = "certificates/pdf/document.css"


def render_pdf(certificate: Certificate) -> bytes:
    """A tagged PDF/UA-1 document, of one A4 page if its facts allow it, sealed if its organisation does."""
    said = printed(certificate)
    pdf = draw(said, kind=certificate.kind, logo=images.logo(said["words"]["logo"]))
    sealed_by = certificate.facts.get("document", {}).get("seals")
    return sealing.seal(pdf, organisation=sealed_by) if sealed_by else pdf


def draw(said: Mapping[str, Any], *, kind: str, logo: bytes | None) -> bytes:
    """What ``printed`` says, on paper."""
    pictures = {QR: images.qr(said["url"])}
    if logo:
        pictures[LOGO] = logo
    addresses = {
        "qr": images.address(QR),
        "logo": images.address(LOGO) if logo else "",
    }
    return write_pdf(
        template=f"certificates/pdf/{kind}.html",
        style=STYLE,
        context={**said, **addresses},
        images=pictures,
        plain=True,
    )
