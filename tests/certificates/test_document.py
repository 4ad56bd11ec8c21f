"""What is printed, and that printing fetches nothing and never varies."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from certificates.domain.numbers import grouped
from certificates.domain.rendering import render_pdf
from certificates.models import Certificate
from common.pdf import OwnFontsOnly
from tests.factories import make_activity, make_organisation, make_session

pytestmark = pytest.mark.one_engine

ROOT = Path(__file__).resolve().parents[2]


def fake(**facts) -> Certificate:
    slot = {"starts_at": "2026-10-24T19:00:00+02:00", "ends_at": "2026-10-24T21:00:00+02:00", "minutes": 120}
    defaults = {
        "person": "Camille Martin",
        "person_short": "Camille M.",
        "profession": "Infirmier·ère",
        "organisation": "CPTS du Port",
        "organisation_city": "Le Havre",
        "signatory": "Dr Exemple, présidente",
        "activity": "Café des Soignants",
        "title": "Cohérence cardiaque",
        "place": "Maison de santé",
        "slots": [slot],
        "minutes": 120,
        "issued_on": "2026-11-22",
    }
    return Certificate(number="7XK2M9QWERTYVBNP4D6F8GHJ30", facts=defaults | facts)


def text_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.django_db
def test_the_document_says_who_what_when_where_how_long_and_its_number(certify):
    organisation = make_organisation(name="CPTS du Port", city="Le Havre", signatory="Dr Exemple, présidente")
    activity = make_activity(organisation, title="Café des Soignants")
    certificate = certify(make_session(activity, days=-1, title="Cohérence cardiaque"), last_name="Œuvrard")

    text = text_of(render_pdf(certificate))

    for part in (
        "Attestation de présence",
        "CPTS du Port",
        "Camille Œuvrard",
        "Infirmier·ère",
        "Café des Soignants",
        "Cohérence cardiaque",
        "Maison de santé, Le Havre",
        "de 19 h à 21 h",
        "Durée totale de présence 2 h ",
        "Dr Exemple, présidente",
        grouped(certificate.number),
        "/attestations/",
        "Preuve de présence",
    ):
        assert part in text
    assert certificate.registration.email not in text


def test_the_document_is_one_tagged_french_page_with_a_title():
    reader = PdfReader(io.BytesIO(render_pdf(fake())))

    root = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "Camille Martin" in reader.metadata.title
    assert (
        b'pdfuaid:part="1"' in root["/Metadata"].get_data()
        or b"<pdfuaid:part>1<" in root["/Metadata"].get_data()
    )
    assert {round(float(side)) for side in reader.pages[0].mediabox[2:]} == {595, 842}


def test_rendering_again_gives_the_same_bytes_even_in_another_process():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.certificates.test_document import fake\n"
        "from certificates.domain.rendering import render_pdf\n"
        "print(hashlib.sha256(render_pdf(fake())).hexdigest())"
    )
    import hashlib
    import os

    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    first = render_pdf(fake())
    assert first == render_pdf(fake())
    assert run.stdout.split()[-1] == hashlib.sha256(first).hexdigest()


def test_markup_in_a_name_is_printed_as_text_and_opens_nothing(monkeypatch):
    asked = []
    fetch = OwnFontsOnly.fetch
    monkeypatch.setattr(
        OwnFontsOnly, "fetch", lambda self, url, headers=None: asked.append(url) or fetch(self, url)
    )
    name = '<img src="file:///etc/passwd"><link rel=attachment href="file:///etc/hostname">'

    pdf = render_pdf(fake(person=name, title="{{ facts }} <script>", place="http://127.0.0.1/"))

    assert '<img src="file:///etc/passwd">' in text_of(pdf)
    assert "{{ facts }} <script>" in text_of(pdf)
    assert all(url.startswith("data:image/svg+xml") for url in asked)
    assert b"EmbeddedFile" not in pdf


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:8000/",
        "https://example.org/",
        "ftp://example.org/",
        "escale-font:../models.py",
        "escale-font:make.py",
        "escale-font:",
    ],
)
def test_the_fetcher_refuses_everything_but_our_fonts(url):
    with pytest.raises(ValueError, match=r"font|protocol"):
        OwnFontsOnly().fetch(url)


def heights(pdf: bytes, *texts: str) -> list[tuple[int, float]]:
    """Page and height of the first line that holds each text."""
    found: dict[str, tuple[int, float]] = {}
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages):

        def visit(
            text: str, cm: list[float], tm: list[float], _font: object, _size: object, n: int = number
        ) -> None:
            for wanted in texts:
                if wanted in text:
                    found.setdefault(wanted, (n, tm[5] * cm[3] + cm[5]))

        page.extract_text(visitor_text=visit)
    return [found[text] for text in texts]


@pytest.mark.parametrize("slots", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("signs", [10, 100, 150, 300])
def test_the_signature_never_meets_the_proof_however_long_the_texts(slots, signs):
    slot = fake().facts["slots"][0]
    text = ("Soirée des veilleurs-guetteurs " * 20)[:signs]
    certificate = fake(
        slots=[slot] * slots, minutes=120 * slots, person=text[:120], title=text[:160], place=text
    )

    pdf = render_pdf(certificate)
    (page, signature), (proof_page, proof) = heights(pdf, "Dr Exemple", "Attestation n°")

    assert text_of(pdf).count("de 19 h à 21 h") == slots
    assert grouped(certificate.number) in text_of(pdf)
    assert proof_page > page or signature - proof > 15
    if signs <= 150 and slots <= 4:
        assert proof_page == 0


@pytest.mark.parametrize("extra", ["🙂", "Łukasz Šimić", "Ελένη"])
def test_names_beyond_latin_do_not_break_the_document(extra):
    assert render_pdf(fake(person=f"Camille {extra}"))
