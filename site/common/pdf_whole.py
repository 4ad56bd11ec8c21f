"""The file that PDFs are joined into: its frame, and what is written once for all parts."""

import hashlib
from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any
from xml.sax.saxutils import escape

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

CATALOG, PAGES, STRUCTURE, PARENTS, DOCUMENT, METADATA, INFO = range(1, 8)
XMP = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<rdf:Description rdf:about="" pdfuaid:part="1"/><rdf:Description rdf:about=""><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


class Whole:
    def __init__(self, to: IO[bytes]) -> None:
        self.to = to
        self.places: dict[int, int] = {}  # object → where it stands in the file
        self.known: dict[bytes, int] = {}  # digest of a stream → the object that holds it
        self.pages: list[int] = []
        self.children: list[int] = []
        self.leaves: list[int] = []  # of the number tree that leads from pages to tags
        self.parts = self.next_key = 0
        self.last = INFO
        to.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def write(self, number: int, text: bytes) -> None:
        self.places[number] = self.to.tell()
        self.to.write(b"%d 0 obj\n%b\nendobj\n" % (number, text))

    def finish(self, title: str) -> None:
        metadata = DecodedStreamObject()
        metadata.set_data(XMP.format(title=escape(title)).encode())
        metadata.update(dictionary(Type=_name("Metadata"), Subtype=_name("XML")))
        for number, thing in (
            (CATALOG, _catalog()),
            (
                PAGES,
                dictionary(
                    Type=_name("Pages"), Kids=references(self.pages), Count=NumberObject(len(self.pages))
                ),
            ),
            (
                STRUCTURE,
                dictionary(
                    Type=_name("StructTreeRoot"), K=reference(DOCUMENT), ParentTree=reference(PARENTS)
                ),
            ),
            (PARENTS, dictionary(Kids=references(self.leaves))),
            (DOCUMENT, dictionary(S=_name("Document"), P=reference(STRUCTURE), K=references(self.children))),
            (METADATA, metadata),
            (INFO, dictionary(Title=TextStringObject(title), Producer=TextStringObject("Escale"))),
        ):
            self.write(number, written(thing))
        self._write_table()

    def _write_table(self) -> None:
        start, size = self.to.tell(), self.last + 1
        self.to.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for number in range(1, size):
            place = self.places.get(number)
            self.to.write(b"0000000000 00001 f \n" if place is None else b"%010d 00000 n \n" % place)
        identifier = hashlib.sha256(repr((start, list(self.known))).encode()).hexdigest()[:32]
        ids = f"[<{identifier}> <{identifier}>]"
        trailer = f"<< /Size {size} /Root {CATALOG} 0 R /Info {INFO} 0 R /ID {ids} >>"
        self.to.write(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())


TRUE = BooleanObject(True)  # noqa: FBT003


def written(thing: Any) -> bytes:
    written = BytesIO()
    thing.write_to_stream(written)
    return written.getvalue()


def _catalog() -> DictionaryObject:
    return dictionary(
        Type=_name("Catalog"),
        Pages=reference(PAGES),
        StructTreeRoot=reference(STRUCTURE),
        Metadata=reference(METADATA),
        Lang=TextStringObject("fr"),
        MarkInfo=dictionary(Marked=TRUE),
        ViewerPreferences=dictionary(DisplayDocTitle=TRUE),
    )


def dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _name(text: str) -> NameObject:
    return NameObject(f"/{text}")


def reference(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def references(numbers: Iterable[int]) -> ArrayObject:
    return ArrayObject([reference(number) for number in numbers])
