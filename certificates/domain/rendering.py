"""The PDF of a certificate: the same bytes each time, from its facts alone, fetching nothing."""

import io
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from certificates.domain.durations import duration
from certificates.domain.links import verification_home, verification_url
from certificates.domain.numbers import grouped
from certificates.models import Certificate
from common import moments

FONTS = Path(__file__).parents[1] / "fonts"
SLOTS, SIGNS = 2, 360  # what one page holds with room to breathe
FONT_SCHEME = "escale-font:"
_pango = Lock()  # the shared font map is not safe to use from two threads


class OwnFontsOnly(URLFetcher):
    """Opens our own fonts by name and what is written in the style itself: no file, no host, no loopback."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"])

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(FONT_SCHEME):
            return super().fetch(url, headers)
        name = url.removeprefix(FONT_SCHEME)
        if name not in {path.name for path in FONTS.glob("*.woff2")}:
            raise ValueError("No such font.")
        return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/woff2"})


def render_pdf(certificate: Certificate) -> bytes:
    """A tagged PDF/UA-1 document of one A4 page."""
    html = render_to_string("certificates/certificate_pdf.html", _context(certificate))
    with _pango:
        css, fonts = _style()
        document = HTML(string=html, url_fetcher=OwnFontsOnly())
        return document.write_pdf(
            stylesheets=[css],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=certificate.number.encode(),
        )


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    """Parsed once for all certificates: it is most of the time of the first one."""
    fonts = FontConfiguration()
    css = render_to_string("certificates/certificate_pdf.css")
    return CSS(string=css, font_config=fonts, url_fetcher=OwnFontsOnly()), fonts


def _context(certificate: Certificate) -> dict[str, Any]:
    facts = certificate.facts
    url = verification_url(certificate)
    return {
        "facts": facts,
        "title": certificate.get_kind_display(),
        "issued_on": _day(facts["issued_on"]),
        "slots": [_slot(slot) for slot in facts["slots"]],
        "total": duration(facts["minutes"]),
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
        "duration": duration(slot["minutes"]),
    }


def _day(iso: str) -> str:
    """« 22 novembre 2026 », without its weekday."""
    noon = timezone.make_aware(datetime.combine(date.fromisoformat(iso), time(12)))
    return moments.day(noon).partition(" ")[2]


def _qr(url: str) -> SafeString:
    """Inline SVG; the mask is fixed because trying all eight takes longer than the rest of the page."""
    out = io.BytesIO()
    segno.make_qr(url, error="m", mask=4).save(
        out, kind="svg", border=0, xmldecl=False, svgclass="qr", lineclass=None, omitsize=True,
        dark="#10283b", title="Code QR qui mène à la page de vérification",
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # noqa: S308  made by segno from our own address
