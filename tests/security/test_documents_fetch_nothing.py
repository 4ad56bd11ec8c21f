"""A document that is drawn asks nobody for anything, however an address is written in it."""

import socket

import pytest
from django.template import engines

from common import pdf, pdf_drawing

pytestmark = pytest.mark.one_engine
HOSTS = ("http://127.0.0.1:{port}/x", "https://localhost:{port}/x", "//127.0.0.1:{port}/x",
         "HTTP://[::1]:{port}/x", "ftp://127.0.0.1:{port}/x", "file:///etc/hostname",
         "file://localhost/etc/hostname", "/etc/hostname",
         "escale-font:../../config/settings.py", "escale-image:../secret.png",
         "gopher://127.0.0.1:{port}/")  # fmt: skip
SVG = (
    '<svg width="9" height="9" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image href="{url}" width="9" height="9"/><image xlink:href="{url}" width="9" height="9"/>'
    '<use href="{url}#a"/></svg>'
)
INSIDE = (
    "<img alt='x' src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E"
    "%3Cimage href='{url}'/%3E%3C/svg%3E\">"
)
FORMS = (
    '<img src="{url}" alt="x">',
    '<img srcset="{url} 2x" alt="x">',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<style>@import url("{url}");</style>',
    '<style>@font-face {{ font-family: f; src: url("{url}"); }} p {{ font-family: f; }}</style>',
    '<style>p {{ background: url("{url}"); list-style-image: url("{url}"); content: url("{url}"); }}</style>',
    '<style>p {{ border-image: url("{url}") 1; }} @page {{ background: url("{url}"); }}</style>',
    "<p style=\"background-image: url('{url}')\">x</p>",
    SVG,
    INSIDE,
    '<base href="{url}"><img src="relatif.png" alt="x">',
)


def test_no_form_of_address_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    opened: list[str] = []
    real_open = open

    def watched(file: object, *args: object, **kwargs: object) -> object:
        if "hostname" in str(file) or "settings.py" in str(file) or "secret" in str(file):
            opened.append(str(file))
        return real_open(file, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", watched)
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: asked.append(address))
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: asked.append(address))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        pieces = [form.format(url=host.format(port=port)) for form in FORMS for host in HOSTS]
        template = engines["django"].from_string("{{ html|safe }}")
        html = f"<!doctype html><html lang='fr'><title>x</title><body><p>x</p>{''.join(pieces)}</body></html>"
        monkeypatch.setattr(pdf, "render_to_string", lambda *_: template.render({"html": html}))
        monkeypatch.setattr(pdf_drawing, "_style", lambda _: ([], pdf_drawing.FontConfiguration()))
        made = pdf.write_pdf(template="x", style="x", context={})
    assert made.startswith(b"%PDF-")
    assert asked == opened == []
    with real_open("/etc/hostname", "rb") as file:
        assert file.read().strip() not in made
