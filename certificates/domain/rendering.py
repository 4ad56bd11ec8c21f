"""The PDF of a certificate: the same bytes each time, from its facts alone, fetching nothing."""

import io
from datetime import date, datetime
from typing import Any

import segno
from django.utils.safestring import SafeString, mark_safe

from certificates.domain.links import verification_home, verification_url
from certificates.domain.numbers import grouped
from certificates.models import Certificate
from common import moments
from common.pdf import write_pdf

SLOTS, SIGNS = 2, 360  # what one page holds with room to breathe


def render_pdf(certificate: Certificate) -> bytes:
    """A tagged PDF/UA-1 document of one A4 page."""
    return write_pdf(
        template="certificates/certificate_pdf.html",
        style="certificates/certificate_pdf.css",
        context=_context(certificate),
        identifier=certificate.number,
    )


def _context(certificate: Certificate) -> dict[str, Any]:
    facts = certificate.facts
    url = verification_url(certificate)
    return {
        "facts": facts,
        "title": certificate.get_kind_display(),
        "issued_on": _day(facts["issued_on"]),
        "slots": [_slot(slot) for slot in facts["slots"]],
        "total": moments.duration(facts["minutes"]),
        "number": grouped(certificate.number),
        "url": url,
        "home": verification_home(),
        "long": _is_long(facts),
        "qr": _qr(url),
    }


def _is_long(facts: dict[str, Any]) -> bool:
    """Whether the foot of the page may be needed: the proof then follows the text, closer set."""
    signs = sum(len(text) for text in facts.values() if isinstance(text, str))
    return len(facts["slots"]) > SLOTS or signs > SIGNS


def _slot(slot: dict[str, Any]) -> dict[str, str]:
    starts_at, ends_at = (datetime.fromisoformat(slot[key]) for key in ("starts_at", "ends_at"))
    return {
        "day": moments.day(starts_at),
        "hours": moments.hours(starts_at, ends_at),
        "duration": moments.duration(slot["minutes"]),
    }


def _day(iso: str) -> str:
    """« 22 novembre 2026 », without its weekday."""
    return moments.date_text(date.fromisoformat(iso))


def _qr(url: str) -> SafeString:
    """Inline SVG; the mask is fixed because trying all eight takes longer than the rest of the page."""
    out = io.BytesIO()
    segno.make_qr(url, error="m", mask=4).save(
        out, kind="svg", border=0, xmldecl=False, svgclass="qr", lineclass=None, omitsize=True,
        dark="#10283b", title="Code QR qui mène à la page de vérification",
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # noqa: S308  made by segno from our own address
