"""One PDF of many, that keeps the tags of each: who listens to the whole hears what each part says.

The parts are ours, tagged PDF/UA documents. They are copied one after the other, object by object under
new numbers, so that two thousand take the memory of one; a stream that several hold (a logo, a profile of
colours) is written once.
"""

import hashlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

CATALOG, PAGES, STRUCTURE, PARENTS, DOCUMENT, METADATA, INFO = range(1, 8)
XMP = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<rdf:Description rdf:about="" pdfuaid:part="1"/><rdf:Description rdf:about=""><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def join_pdfs(parts: Iterable[Path], *, title: str, to: IO[bytes]) -> int:
    """Write to ``to`` one PDF/UA document of ``parts``, in their order; returns its pages.

    Seals of the parts are left out: they hold for the single files only.
    """
    whole = _Whole(to)
    for part in parts:
        _Part(PdfReader(part), whole).copy()
    whole.finish(title)
    return len(whole.pages)


class _Whole:
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

    def write(self, number: int, thing: Any) -> None:
        self.places[number] = self.to.tell()
        self.to.write(b"%d 0 obj\n" % number)
        thing.write_to_stream(self.to)
        self.to.write(b"\nendobj\n")

    def finish(self, title: str) -> None:
        metadata = DecodedStreamObject()
        metadata.set_data(XMP.format(title=escape(title)).encode())
        metadata.update(_dict(Type=_name("Metadata"), Subtype=_name("XML")))
        for number, thing in (
            (CATALOG, _catalog()),
            (PAGES, _dict(Type=_name("Pages"), Kids=_refs(self.pages), Count=NumberObject(len(self.pages)))),
            (STRUCTURE, _dict(Type=_name("StructTreeRoot"), K=_ref(DOCUMENT), ParentTree=_ref(PARENTS))),
            (PARENTS, _dict(Kids=_refs(self.leaves))),
            (DOCUMENT, _dict(S=_name("Document"), P=_ref(STRUCTURE), K=_refs(self.children))),
            (METADATA, metadata),
            (INFO, _dict(Title=TextStringObject(title), Producer=TextStringObject("Escale"))),
        ):
            self.write(number, thing)
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


class _Part:
    """Copies one document into the whole: what it calls 1 stands there at ``offset`` + 1."""

    def __init__(self, reader: PdfReader, whole: _Whole) -> None:
        self.reader, self.whole = reader, whole
        self.offset, self.first_key = whole.last, whole.next_key
        whole.parts += 1
        self.prefix = b"%d-" % whole.parts
        self.size = int(reader.trailer["/Size"])  # type: ignore[call-overload]
        self.moved: dict[int, int] = {}  # streams that the whole holds already
        root: Any = reader.trailer["/Root"]
        self.structure: Any = root["/StructTreeRoot"]
        tops = self.structure.raw_get("/K")
        self.tops = [each.idnum for each in (tops if isinstance(tops, list) else [tops])]

    def copy(self) -> None:
        things = {number: thing for number, thing in self._things() if not _is_frame(thing)}
        for number, thing in things.items():
            if isinstance(thing, StreamObject):
                self._know(number, thing)
        for number, thing in things.items():
            if number not in self.moved:
                self._fit(number, thing)
                self.whole.write(self.offset + number, self._renumbered(thing))
        self._write_leaf(self.offset + self.size)
        self.whole.last = self.offset + self.size

    def _things(self) -> Iterator[tuple[int, Any]]:
        left_out = {
            holder.raw_get(name).idnum
            for holder, name in ((self.reader.trailer, "/Info"), (self.structure, "/ParentTree"))
            if isinstance(holder.raw_get(name), IndirectObject)
        }
        for number in set(range(1, self.size)) - left_out:
            yield number, self.reader.get_object(number)

    def _know(self, number: int, stream: StreamObject) -> None:
        if any(isinstance(value, IndirectObject) for value in stream.values()):
            return
        written = BytesIO()
        stream.write_to_stream(written)
        digest = hashlib.sha256(written.getvalue()).digest()
        known = self.whole.known.setdefault(digest, self.offset + number)
        if known != self.offset + number:
            self.moved[number] = known

    def _fit(self, number: int, thing: Any) -> None:
        """Give its place in the whole to what knows its place: pages, links, tags, cells of tables."""
        if not isinstance(thing, DictionaryObject):
            return
        if thing.get("/Type") == "/Page":
            self.whole.pages.append(self.offset + number)
            links = [each for each in thing.get("/Annots", []) if not _is_frame(each.get_object())]
            thing[NameObject("/Annots")] = ArrayObject(links)
        if number in self.tops:
            self.whole.children.append(self.offset + number)
            thing[NameObject("/S")] = NameObject("/Part")
        for name in ("/StructParents", "/StructParent"):
            if name in thing:
                thing[NameObject(name)] = NumberObject(int(thing[name]) + self.first_key)  # type: ignore[call-overload]
        if "/S" in thing and "/ID" in thing:
            thing[NameObject("/ID")] = self._own(thing["/ID"])
        attributes: Any = thing.get("/A", [])
        for each in attributes if isinstance(attributes, list) else [attributes]:
            if "/Headers" in (held := each.get_object()):
                held[NameObject("/Headers")] = ArrayObject([self._own(name) for name in held["/Headers"]])

    def _own(self, name: Any) -> ByteStringObject:
        """Each part counts the cells of its tables from the start: here no two have one name."""
        return ByteStringObject(self.prefix + (name if isinstance(name, bytes) else name.original_bytes))

    def _renumbered(self, thing: Any) -> Any:
        """``thing``, changed on the spot: it is read once and forgotten."""
        if isinstance(thing, IndirectObject):
            return _ref(self._place(thing))
        if isinstance(thing, DictionaryObject):
            for name in list(thing):
                thing[NameObject(name)] = self._renumbered(thing.raw_get(name))
        elif isinstance(thing, ArrayObject):
            thing[:] = [self._renumbered(each) for each in list.__iter__(thing)]
        return thing

    def _place(self, ref: IndirectObject) -> int:
        frame: Any = {"/Pages": PAGES, "/StructTreeRoot": DOCUMENT}
        found = self.reader.get_object(ref)
        kind = found.get("/Type") if isinstance(found, DictionaryObject) else None
        return frame.get(kind) or self.moved.get(ref.idnum) or self.offset + ref.idnum

    def _write_leaf(self, number: int) -> None:
        pairs = sorted(_pairs(self.structure["/ParentTree"]))
        if not pairs:
            return
        nums = ArrayObject()
        for key, value in pairs:
            nums.extend([NumberObject(key + self.first_key), self._renumbered(value)])
        limits = ArrayObject([nums[0], NumberObject(pairs[-1][0] + self.first_key)])
        self.whole.write(number, _dict(Limits=limits, Nums=nums))
        self.whole.leaves.append(number)
        self.whole.next_key = self.first_key + pairs[-1][0] + 1


TRUE = BooleanObject(True)  # noqa: FBT003
FRAMES = ("/Catalog", "/Pages", "/StructTreeRoot", "/Metadata", "/ObjStm", "/XRef", "/Outlines", "/Sig")


def _is_frame(thing: Any) -> bool:
    """What the whole has once, for itself; and seals."""
    if not isinstance(thing, DictionaryObject):
        return thing is None
    return (
        thing.get("/Type") in FRAMES
        or thing.get("/Subtype") == "/Widget"
        or {"/Title", "/Dest"} <= set(thing)
    )


def _pairs(tree: Any) -> Iterator[tuple[int, Any]]:
    """Keys and values of a number tree, whatever its depth."""
    nums = tree.get("/Nums", [])
    for at in range(0, len(nums), 2):
        yield int(nums[at]), nums[at + 1]
    for kid in tree.get("/Kids", []):
        yield from _pairs(kid.get_object())


def _catalog() -> DictionaryObject:
    return _dict(
        Type=_name("Catalog"),
        Pages=_ref(PAGES),
        StructTreeRoot=_ref(STRUCTURE),
        Metadata=_ref(METADATA),
        Lang=TextStringObject("fr"),
        MarkInfo=_dict(Marked=TRUE),
        ViewerPreferences=_dict(DisplayDocTitle=TRUE),
    )


def _dict(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _name(text: str) -> NameObject:
    return NameObject(f"/{text}")


def _ref(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def _refs(numbers: Iterable[int]) -> ArrayObject:
    return ArrayObject([_ref(number) for number in numbers])
