"""One PDF of many: each part says in it what it says alone, to who reads and to who listens."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from certificates.domain import sealing
from certificates.domain.rendering import render_pdf
from common.pdf import write_pdf
from common.pdf_joining import join_pdfs
from common.pdf_texts import renumbered
from tests.certificates.test_document import fake
from tests.certificates.test_sealing import PASSPHRASE, write_key

pytestmark = pytest.mark.one_engine

HOSTILE = r"(a \) 3 0 R <41 0 R> /Page /ID endobj >> stream"


def table() -> bytes:
    content = {
        "what": "Liste",
        "title": HOSTILE,
        "table": {"header": ["Un", "Deux"], "rows": [["a", "b"], ["c", "d"]]},
        "count": 2,
        "wide": False,
        "made_at": "",
        "created": "2026-11-22",
    }
    return write_pdf(template="pdf/list.html", style="pdf/list.css", context=content, identifier="x")


@pytest.fixture
def sealed(settings, tmp_path) -> bytes:
    settings.SEALS_DIR, settings.SEALS_PASSPHRASE = str(tmp_path), PASSPHRASE
    write_key(tmp_path / "cpts-du-port.p12")
    return sealing.seal(render_pdf(fake(person="Scellée")), organisation="cpts-du-port")


@pytest.fixture
def parts(sealed: bytes, tmp_path: Path) -> list[Path]:
    made = [
        render_pdf(fake(person="Élise Œuvrard", title=HOSTILE)),
        table(),
        sealed,
        render_pdf(fake(person="(b) 1 0 R", title="Café")),
        table(),
    ]
    for number, pdf in enumerate(made):
        (tmp_path / f"{number}.pdf").write_bytes(pdf)
    return [tmp_path / f"{number}.pdf" for number in range(len(made))]


@pytest.fixture
def whole(parts: list[Path]) -> PdfReader:
    joined = io.BytesIO()
    assert join_pdfs(parts, title="Tout (1 0 R)", to=joined) == len(parts)
    return PdfReader(joined, strict=True)


def reached(thing: Any, seen: dict[int, Any]) -> dict[int, Any]:
    """Every object that can be reached, by its number."""
    if hasattr(thing, "idnum"):
        if thing.idnum in seen:
            return seen
        held = seen[thing.idnum] = thing.get_object()
        assert held is not None, f"{thing.idnum} is referred to and nowhere"
        thing = held
    for each in (
        list.__iter__(thing)
        if isinstance(thing, list)
        else dict.values(thing)
        if isinstance(thing, dict)
        else ()
    ):
        reached(each, seen)
    return seen


def said(pages: Any) -> list[tuple[str, list[str]]]:
    """What is read on each page, and where its links lead."""
    return [
        (
            page.extract_text(),
            [
                each.get_object()["/A"]["/URI"]
                for each in page.get("/Annots", [])
                if each.get_object()["/Subtype"] == "/Link"
            ],
        )
        for page in pages
    ]


def heard(node: Any) -> Any:
    """The tags, as who listens goes through them: their kinds, and the pieces of page they hold."""
    node = node.get_object()
    if isinstance(node, list):
        return [heard(each) for each in node]
    if not isinstance(node, dict):
        return int(node)
    if "/Obj" in node:
        return node["/Obj"]["/A"]["/URI"]
    kids = node.get("/K", [])
    return (
        node["/S"],
        node.get("/Alt"),
        [heard(each) for each in (kids if isinstance(kids, list) else [kids])],
    )


def test_each_part_is_read_and_heard_as_it_is_alone(whole, parts):
    alone = [PdfReader(part) for part in parts]

    assert said(whole.pages) == [each for part in alone for each in said(part.pages)]
    document = whole.trailer["/Root"]["/StructTreeRoot"]["/K"]
    tagged = [heard(each) for each in document["/K"]]
    assert [kind for kind, _, _ in tagged] == ["/Part"] * len(parts)
    singles = [part.trailer["/Root"]["/StructTreeRoot"]["/K"] for part in alone]
    assert [kids for _, _, kids in tagged] == [heard(each)[0][2] for each in singles]


def test_each_piece_of_a_page_leads_to_its_own_tag(whole):
    found = {}
    for leaf in whole.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Kids"]:
        nums = leaf.get_object()["/Nums"]
        keys = [int(nums[at]) for at in range(0, len(nums), 2)]
        assert [int(each) for each in leaf.get_object()["/Limits"]] == [keys[0], keys[-1]]
        assert not set(keys) & set(found)
        found |= {key: nums[2 * at + 1].get_object() for at, key in enumerate(keys)}
    for page in whole.pages:
        tags = found[page["/StructParents"]]
        assert len(tags) > 3
        assert {tag.get_object()["/Pg"].indirect_reference.idnum for tag in tags} == {
            page.indirect_reference.idnum
        }
        for link in page.get("/Annots", []):
            tag = found[link.get_object()["/StructParent"]]
            assert tag["/K"][0].get_object().raw_get("/Obj").idnum == link.idnum


def test_nothing_is_lost_nor_called_by_the_name_of_another(whole):
    things = reached(whole.trailer["/Root"], {})
    cells = [each["/ID"] for each in things.values() if isinstance(each, dict) and each.get("/S") == "/TH"]
    assert len(cells) == len(set(cells)) == 4
    heads = [
        name
        for each in things.values()
        if isinstance(each, dict) and each.get("/S") == "/TD"
        for held in ([each["/A"]] if isinstance(each["/A"], dict) else each["/A"])
        for name in held.get_object().get("/Headers", [])
    ]
    assert len(heads) == 8
    assert set(heads) == set(cells)


def test_no_part_brings_its_own_frame_nor_a_seal_that_no_longer_holds(whole):
    things = reached(whole.trailer.raw_get("/Root"), {})
    kinds = [each.get("/Type") for each in things.values() if isinstance(each, dict)]
    for frame in ("/Catalog", "/Pages", "/StructTreeRoot", "/Metadata"):
        assert kinds.count(frame) == 1, frame
    assert not {"/Sig", "/ObjStm", "/XRef", "/Outlines"} & set(kinds)
    assert not [each for each in things.values() if isinstance(each, dict) and each.get("/FT") == "/Sig"]
    assert whole.metadata.title == "Tout (1 0 R)"


def test_what_a_text_says_is_no_reference():
    written = rb"<</K [3 0 R 1 0 R]/Alt (see \) 3 0 R \( or \\)/T <3 0 F>/URI (3 0 R)/P 2 0 R>>"

    moved = renumbered(written, [b"?", b"11 0 R", b"12 0 R", b"13 0 R"])

    assert moved == rb"<</K [13 0 R 11 0 R]/Alt (see \) 3 0 R \( or \\)/T <3 0 F>/URI (3 0 R)/P 12 0 R>>"


def test_what_several_hold_is_written_once(parts, tmp_path):
    sizes = []
    for many in (1, 4):
        joined = io.BytesIO()
        join_pdfs([parts[3]] * many, title="", to=joined)
        sizes.append(len(joined.getvalue()))
    assert sizes[1] < 4 * sizes[0] - 3 * 10_000  # the letters of its fonts weigh more
