"""Tagged PDFs made of our templates, fetching nothing but our own fonts."""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

PDF_TYPE = "application/pdf"
FONTS = Path(__file__).parent / "fonts"
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


def write_pdf(*, template: str, style: str, context: dict[str, Any], identifier: str) -> bytes:
    """A PDF/UA-1 document: ``template`` filled with ``context``, dressed by the style sheet ``style``.

    Both are template names; ``templates/pdf/fonts.css`` declares the families « Escale Display »,
    « Escale Text » and « Escale Text Ext ». The same input gives the same bytes.
    """
    html = render_to_string(template, context)
    with _pango:
        css, fonts = _style(style)
        document = HTML(string=html, url_fetcher=OwnFontsOnly())
        return document.write_pdf(
            stylesheets=css,
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier.encode(),
        )


@cache
def _style(name: str) -> tuple[list[CSS], FontConfiguration]:
    """Parsed once per style sheet: it is most of the time of the first document."""
    fonts = FontConfiguration()
    sheets = [
        CSS(string=render_to_string(each), font_config=fonts, url_fetcher=OwnFontsOnly())
        for each in ("pdf/fonts.css", name)
    ]
    return sheets, fonts
