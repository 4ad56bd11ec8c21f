"""What is printed, and that printing fetches nothing and never varies."""

import io
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest
from pypdf import PdfReader
from weasyprint import HTML

from certificates.domain.numbers import grouped
from certificates.domain.rendering import render_pdf
from certificates.models import Certificate
from common import pdf_drawing
from common.pdf_drawing import OwnFontsOnly
from tests.factories import make_activity, make_organisation, make_session

pytestmark = pytest.mark.one_engine

ROOT = Path(__file__).resolve().parents[2]


SLOT = {"starts_at": "2026-10-24T19:00:00+02:00", "ends_at": "2026-10-24T21:00:00+02:00", "minutes": 120}
WORDS = {
    "title": "",
    "opening": "",
    "closing": "",
    "legal_name": "",
    "legal_line": "",
    "signatory_role": "",
    "place": "",
    "declaration_number": "",
    "declaration_region": "",
    "logo": "",
    "seals": "",
}
KINDS = list(Certificate.Kind)


def fake(kind=Certificate.Kind.PRESENCE, **facts) -> Certificate:
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
        "slots": [SLOT],
        "minutes": 120,
        "issued_on": "2026-11-22",
    }
    if kind != Certificate.Kind.PRESENCE:
        defaults["training"] = training()
    return Certificate(kind=kind, number="7XK2M9QWERTYVBNP4D6F8GHJ30", facts=defaults | facts)


def training(**said) -> dict:
    return {
        "nature": "formation",
        "planned_minutes": 120,
        "trainers": ["Dr Modèle, médecin"],
        "objectives": [
            {"objective": "Repérer la détresse", "level": "acquired"},
            {"objective": "Passer le relais", "level": "partly"},
        ],
        "completed_on": "2026-10-24",
        "dpc_number": "",
    } | said


def longest(kind) -> Certificate:
    """Twelve half-days, eight objectives, and texts as long as their fields allow."""
    signs = "Communauté professionnelle territoriale de santé du littoral et de la vallée, antenne « Nord » "
    half_days = [
        {"starts_at": f"2026-03-{day:02}T{at}:00+01:00", "ends_at": f"2026-03-{day:02}T{to}:00+01:00"}
        for day in range(2, 8)
        for at, to in (("09:00", "12:30"), ("14:00", "17:30"))
    ]
    objectives = [
        {"objective": f"Objectif {at} de cette formation, qui se dit en une phrase longue", "level": level}
        for at, level in enumerate(["acquired", "partly", "not_yet", ""] * 2)
    ]
    words = WORDS | {
        "closing": (signs * 2)[:180],
        "legal_name": (signs * 2)[:160],
        "legal_line": (signs * 3)[:240],
        "signatory_role": (signs * 2)[:80],
        "declaration_number": "28760123456",
        "declaration_region": "Provence-Alpes-Côte d’Azur",
    }
    return fake(
        kind,
        person="Marie-Charlotte Anne-Sophie de La Rochefoucauld-Montmorency d’Estrées",
        activity=signs,
        title=signs,
        place=signs,
        slots=[{**each, "minutes": 210} for each in half_days],
        minutes=12 * 210,
        replaces="7XK2M9QWERTYVBNP4D6F8GHJ31",
        training=training(objectives=objectives, dpc_number="12345678901"),
        document=words,
    )


def text_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).replace("\N{NO-BREAK SPACE}", " ").replace("-\n", "-").split())


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
        "Durée totale de présence : 2 h",
        "Dr Exemple, présidente",
        grouped(certificate.number),
        "/attestations/",
        "Preuve de présence",
    ):
        assert part in text
    assert certificate.registration.email not in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_is_one_tagged_french_page_with_a_title(kind):
    reader = PdfReader(io.BytesIO(render_pdf(fake(kind))))

    root = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "Camille Martin" in reader.metadata.title
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert {round(float(side)) for side in reader.pages[0].mediabox[2:]} == {595, 842}


def tags(node, found=None) -> list[tuple[str, str]]:
    """Each structure element, in reading order, and its replacement text."""
    found = [] if found is None else found
    node = node.get_object()
    if isinstance(node, dict) and node.get("/Type") == "/StructElem":
        found.append((node["/S"][1:], str(node.get("/Alt", ""))))
    children = node.get("/K", []) if isinstance(node, dict) else node
    for child in children if isinstance(children, list) else [children]:
        if hasattr(child, "get_object") and isinstance(child.get_object(), dict):
            tags(child, found)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_who_listens_to_the_document_hears_its_parts_in_order(kind):
    reader = PdfReader(io.BytesIO(render_pdf(fake(kind))))

    found = tags(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    names = [name for name, _ in found]

    assert names.count("H1") == 1
    assert names.index("P") < names.index("H1") < names.index("Figure")
    assert all(alt for name, alt in found if name == "Figure")
    assert names.count("Link") == 1
    if kind == Certificate.Kind.COMPLETION:
        assert names.count("LI") == 2
        assert names.count("H3") == 2
    if kind == Certificate.Kind.REALISATION:
        assert ("Figure", "Case cochée\N{NO-BREAK SPACE}: action de formation") in found
    [link] = reader.pages[0]["/Annots"]
    assert link.get_object()["/Contents"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_font_is_in_the_file_and_maps_to_text(kind):
    page = PdfReader(io.BytesIO(render_pdf(fake(kind)))).pages[0]

    for font in page["/Resources"]["/Font"].values():
        assert "/ToUnicode" in font
        [descendant] = font["/DescendantFonts"]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [fake, longest])
def test_the_few_rules_of_a_plain_page_give_what_all_of_weasyprint_s_give(kind, make, monkeypatch):
    certificate = make(kind)
    plain = render_pdf(certificate)

    monkeypatch.setattr(pdf_drawing, "PlainPage", HTML)

    assert render_pdf(certificate) == plain


def test_a_name_that_xml_cannot_hold_is_drawn_as_html_would(monkeypatch):
    certificate = fake()
    certificate.facts["person"] = "Camille \x0b<b>Martin & Fils</b>"
    drawn = render_pdf(certificate)

    monkeypatch.setattr(pdf_drawing, "PlainPage", HTML)

    assert render_pdf(certificate) == drawn


@pytest.mark.skipif(which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [fake, longest])
def test_qpdf_finds_nothing_wrong(kind, make, tmp_path):
    path = tmp_path / "document.pdf"
    path.write_bytes(render_pdf(make(kind)))

    run = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


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


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_a_name_is_printed_as_text_and_opens_nothing(kind, monkeypatch):
    asked = []
    fetch = OwnFontsOnly.fetch
    monkeypatch.setattr(
        OwnFontsOnly, "fetch", lambda self, url, headers=None: asked.append(url) or fetch(self, url)
    )
    name = '<img src="file:///etc/passwd"><link rel=attachment href="file:///etc/hostname">'

    words = WORDS | {"closing": name, "legal_line": name, "opening": name, "logo": "../../etc/passwd"}
    facts = {"person": name, "title": "{{ facts }} <script>", "place": "http://127.0.0.1/", "document": words}
    pdf = render_pdf(fake(kind, **facts))

    assert text_of(pdf).count('<img src="file:///etc/passwd">') >= 4
    assert "{{ facts }} <script>" in text_of(pdf)
    assert all(url.startswith(("data:image/svg+xml", "escale-image:qr.png")) for url in asked)
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
        "escale-image:logo.jpg",
    ],
)
def test_the_fetcher_refuses_everything_but_our_fonts(url):
    with pytest.raises(ValueError, match=r"font|image|protocol"):
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


@pytest.mark.parametrize("slots", [1, 4, 9, 40])
@pytest.mark.parametrize("signs", [10, 150, 300])
def test_the_signature_never_meets_the_proof_however_long_the_texts(slots, signs):
    days = [{"starts_at": f"2026-{1 + at // 28:02}-{1 + at % 28:02}T09:00:00+01:00"} for at in range(slots)]
    slots = [{**each, "ends_at": each["starts_at"].replace("T09", "T11"), "minutes": 120} for each in days]
    text = ("Soirée des veilleurs-guetteurs " * 20)[:signs]
    certificate = fake(slots=slots, minutes=120 * len(slots), person=text[:120], title=text[:160], place=text)

    pdf = render_pdf(certificate)
    (page, signature), (proof_page, proof) = heights(pdf, "Dr Exemple", "7XK2M-9QWER")

    assert text_of(pdf).count("de 9 h à 11 h") == len(slots)
    assert grouped(certificate.number) in text_of(pdf)
    assert proof_page > page or signature - proof > 15
    if signs <= 150 and len(slots) <= 9:
        assert proof_page == 0


@pytest.mark.parametrize("lines", range(4, 32, 3))
def test_the_text_goes_to_a_second_page_rather_than_into_the_proof(lines):
    closing = "\n".join(f"Ligne {number}" for number in range(lines))

    pdf = render_pdf(fake(document=WORDS | {"closing": closing}))
    (page, signature), (proof_page, proof) = heights(pdf, "Dr Exemple", "7XK2M-9QWER")
    [(last_page, last)] = heights(pdf, f"Ligne {lines - 1}")

    assert text_of(pdf).count("Ligne ") == lines
    assert proof_page == page
    assert signature - proof > 15
    assert last_page < proof_page or last > signature


HARBOUR = 24 / 25.4 * 72


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_document_loses_no_word_and_stays_above_the_harbour(kind):
    pdf = render_pdf(longest(kind))
    text = text_of(pdf)

    for part in ("d’Estrées", "Provence-Alpes-Côte d’Azur", "agrément de l’État", "GHJ31"):
        assert part in text
    if kind != Certificate.Kind.REALISATION:
        assert text.count("de 9 h à 12 h 30 et de 14 h à 17 h 30") == 6
    if kind == Certificate.Kind.COMPLETION:
        assert text.count("Objectif ") == 8
    [(_, height)] = heights(pdf, "agrément de l’État")
    assert height > HARBOUR


def test_the_certificate_of_the_ministry_holds_on_one_page():
    certificate = longest(Certificate.Kind.REALISATION)
    certificate.facts["document"]["closing"] = ""

    assert len(PdfReader(io.BytesIO(render_pdf(certificate))).pages) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_dpc_only_with_an_action_number(kind):
    assert "DPC" not in text_of(render_pdf(fake(kind)))
    numbered = fake(kind, training=training(dpc_number="12345"))
    assert ("Action de DPC n° 12345" in text_of(render_pdf(numbered))) == (kind != "presence")


def test_a_declaration_is_said_with_its_sentences_on_the_documents_of_a_training_only():
    words = WORDS | {"declaration_number": "28760123456", "declaration_region": "Île-de-France"}
    sentence = (
        "Déclaration d’activité enregistrée sous le numéro 28760123456 auprès du préfet de région "
        "d’Île-de-France. Cet enregistrement ne vaut pas agrément de l’État."
    )

    assert sentence in text_of(render_pdf(fake(Certificate.Kind.COMPLETION, document=words)))
    assert "Déclaration" not in text_of(render_pdf(fake(document=words)))
    assert "Déclaration" not in text_of(render_pdf(fake(Certificate.Kind.COMPLETION, document=WORDS)))


def test_who_came_late_reads_the_time_of_their_presence():
    late = {**SLOT, "minutes": 75}

    text = text_of(render_pdf(fake(slots=[late], minutes=75)))

    assert "de 19 h à 21 h (présence : 1 h 15)" in text
    assert "Durée totale de présence : 1 h 15" in text


def test_objectives_without_an_assessment_claim_no_result():
    objectives = [{"objective": "Repérer la détresse", "level": ""}]

    text = text_of(render_pdf(fake(Certificate.Kind.COMPLETION, training=training(objectives=objectives))))

    assert "Objectifs de la formation Repérer la détresse" in text
    assert "valuation" not in text
    assert "Non évalué" not in text


@pytest.mark.parametrize("extra", ["🙂", "Łukasz Šimić", "Ελένη"])
def test_names_beyond_latin_do_not_break_the_document(extra):
    assert render_pdf(fake(person=f"Camille {extra}"))
