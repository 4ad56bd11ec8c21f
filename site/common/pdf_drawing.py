"""What ``common.pdf`` loads when the first document is drawn: WeasyPrint, and how it is held back."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from xml.etree.ElementTree import ParseError, fromstring

from cssselect2 import ElementWrapper
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from common.pdf import IMAGE_SCHEME

FONTS = Path(__file__).parent / "fonts"
FONT_SCHEME = "escale-font:"
_IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
_pango = Lock()  # the shared font map is not safe to use from two threads


class OwnFontsOnly(URLFetcher):
    """Opens our own fonts by name, the pictures handed to it and what is written in the style itself.

    No file, no host, no loopback.
    """

    def __init__(self, images: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols=["data"])
        self._images = images or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(IMAGE_SCHEME):
            name = url.removeprefix(IMAGE_SCHEME)
            if name not in self._images:
                raise ValueError("No such image.")
            return URLFetcherResponse(url, self._images[name], {"Content-Type": _IMAGE_TYPES[name[-4:]]})
        if not url.startswith(FONT_SCHEME):
            return super().fetch(url, headers)
        name = url.removeprefix(FONT_SCHEME)
        if name not in _font_names():
            raise ValueError("No such font.")
        return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/woff2"})


class PlainPage(HTML):
    """A page of titles, paragraphs, lists and pictures, written as XML: a sixth sooner, the same bytes
    (a test says so). What XML does not know, such as a control character in a name, is read as HTML.
    """

    def __init__(self, *, string: str, url_fetcher: URLFetcher) -> None:
        try:
            root = fromstring(string)  # noqa: S314  # our template, whose values are escaped
        except ParseError:
            super().__init__(string=string, url_fetcher=url_fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_plain_rules()]


def draw(*, html: str, style: str, identifier: str, images: Mapping[str, bytes] | None, plain: bool) -> bytes:
    """The PDF of ``html``; see ``common.pdf.write_pdf``."""
    page = PlainPage if plain else HTML
    with _pango:
        css, fonts = _style(style)
        document = page(string=html, url_fetcher=OwnFontsOnly(images))
        made: bytes = document.write_pdf(
            stylesheets=css,
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier.encode() or None,
        )
    return made


def prepare(style: str) -> None:
    """Do now what the first document would wait for."""
    _style(style)
    _plain_rules()


@cache
def _plain_rules() -> CSS:
    return CSS(string=render_to_string("pdf/plain.css"), url_fetcher=OwnFontsOnly())


@cache
def _font_names() -> set[str]:
    return {path.name for path in FONTS.glob("*.woff2")}


@cache
def _style(name: str) -> tuple[list[CSS], FontConfiguration]:
    """Parsed once per style sheet: it is most of the time of the first document."""
    fonts = FontConfiguration()
    sheets = [
        CSS(string=render_to_string(each), font_config=fonts, url_fetcher=OwnFontsOnly())
        for each in ("pdf/fonts.css", name)
    ]
    return sheets, fonts
