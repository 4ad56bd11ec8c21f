"""One PDF of many, that keeps the tags of each: who listens to the whole hears what each part says.

The parts are ours, tagged PDF/UA documents. They are copied one after the other, object by object under
new numbers, so that two thousand take the memory of one; a stream that several hold (a logo, a profile of
colours) is written once.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
)

from common.pdf_texts import number_of, parsed, refers, renumbered, texts_of
from common.pdf_whole import DOCUMENT, PAGES, Whole, dictionary, reference, written


def join_pdfs(parts: Iterable[Path], *, title: str, to: IO[bytes]) -> int:
    """Write to ``to`` one PDF/UA document of ``parts``, in their order; returns its pages.

    Seals of the parts are left out: they hold for the single files only.
    """
    whole = Whole(to)
    for part in parts:
        _Part(part.read_bytes(), whole).copy()
    whole.finish(title)
    return len(whole.pages)


class _Part:
    """Copies one document into the whole: what it calls 1 stands there at ``offset`` + 1."""

    def __init__(self, pdf: bytes, whole: Whole) -> None:
        self.whole = whole
        self.offset, self.first_key = whole.last, whole.next_key
        whole.parts += 1
        self.prefix = b"%d-" % whole.parts
        self.reader, self.texts = texts_of(pdf)
        self.size = max(self.texts) + 1
        # Taken apart: what knows its place, and what the whole has once. The rest is copied as it is written.
        self.read = {
            number: parsed(text, self.reader)
            for number, text in self.texts.items()
            if MARKS.search(text.head)
        }
        root = self._found(self.reader.trailer.raw_get("/Root"))
        self.structure = self._found(root.raw_get("/StructTreeRoot"))
        self.parents = self.structure.raw_get("/ParentTree")
        tops = self.structure.raw_get("/K")
        self.tops = {number_of(each) for each in (tops if isinstance(tops, list) else [tops])}

    def copy(self) -> None:
        frames = {number_of(self.reader.trailer.raw_get("/Info")), number_of(self.parents)}
        frames |= {number for number, thing in self.read.items() if _is_frame(thing)}
        kept = [number for number in sorted(self.texts) if number not in frames]
        self.places = [self.offset + number for number in range(self.size)]
        self._place_frames()
        moved = {number for number in kept if self._is_known(number)}
        self.references = [b"%d 0 R" % place for place in self.places]
        for number in kept:
            if number not in moved:
                self._write(number)
        self._write_leaf(self.offset + self.size)
        self.whole.last = self.offset + self.size

    def _found(self, thing: Any) -> Any:
        """What ``thing`` is, or leads to."""
        if not isinstance(thing, IndirectObject):
            return thing
        if thing.idnum not in self.read:
            self.read[thing.idnum] = parsed(self.texts[thing.idnum], self.reader)
        return self.read[thing.idnum]

    def _place_frames(self) -> None:
        instead = {"/Pages": PAGES, "/StructTreeRoot": DOCUMENT}
        for number, thing in self.read.items():
            kind = thing.get("/Type") if isinstance(thing, DictionaryObject) else None
            self.places[number] = instead.get(str(kind), self.places[number])

    def _is_known(self, number: int) -> bool:
        """A stream that the whole holds already."""
        text = self.texts[number]
        if not text.tail or refers(text):
            return False
        own = self.offset + number
        self.places[number] = self.whole.known.setdefault(hashlib.sha256(b"".join(text)).digest(), own)
        return self.places[number] != own

    def _write(self, number: int) -> None:
        head, tail = self.texts[number]
        if number in self.read or number in self.tops:
            thing = self._found(reference(number))
            self._fit(number, thing)
            head = written(self._renumbered(thing))
        else:
            head = renumbered(head, self.references)
        self.whole.write(self.offset + number, head + tail)

    def _fit(self, number: int, thing: Any) -> None:
        """Give its place in the whole to what knows its place: pages, links, tags, cells of tables."""
        if not isinstance(thing, DictionaryObject):
            return
        if thing.get("/Type") == "/Page":
            self.whole.pages.append(self.offset + number)
            links = self._found(thing.get("/Annots", []))
            thing[NameObject("/Annots")] = ArrayObject(
                each for each in list.__iter__(links) if not _is_frame(self._found(each))
            )
        if number in self.tops:
            self.whole.children.append(self.offset + number)
            thing[NameObject("/S")] = NameObject("/Part")
        for name in ("/StructParents", "/StructParent"):
            if name in thing:
                thing[NameObject(name)] = NumberObject(int(thing[name]) + self.first_key)  # type: ignore[call-overload]
        if "/S" in thing and "/ID" in thing:
            thing[NameObject("/ID")] = self._own(thing["/ID"])
        attributes = self._found(thing.get("/A", []))
        for each in list.__iter__(attributes) if isinstance(attributes, list) else [attributes]:
            if "/Headers" in (held := self._found(each)):
                named = [self._own(name) for name in self._found(held.raw_get("/Headers"))]
                held[NameObject("/Headers")] = ArrayObject(named)

    def _own(self, name: Any) -> ByteStringObject:
        """Each part counts the cells of its tables from the start: here no two have one name."""
        return ByteStringObject(self.prefix + (name if isinstance(name, bytes) else name.original_bytes))

    def _renumbered(self, thing: Any) -> Any:
        """``thing``, changed on the spot: it is read once and forgotten."""
        if isinstance(thing, IndirectObject):
            return reference(self.places[thing.idnum])
        if isinstance(thing, DictionaryObject):
            for name in list(thing):
                thing[NameObject(name)] = self._renumbered(thing.raw_get(name))
        elif isinstance(thing, ArrayObject):
            thing[:] = [self._renumbered(each) for each in list.__iter__(thing)]
        return thing

    def _write_leaf(self, number: int) -> None:
        pairs = sorted(self._pairs(self._found(self.parents)))
        if not pairs:
            return
        nums = ArrayObject()
        for key, value in pairs:
            nums.extend([NumberObject(key + self.first_key), self._renumbered(value)])
        limits = ArrayObject([nums[0], NumberObject(pairs[-1][0] + self.first_key)])
        self.whole.write(number, written(dictionary(Limits=limits, Nums=nums)))
        self.whole.leaves.append(number)
        self.whole.next_key = self.first_key + pairs[-1][0] + 1

    def _pairs(self, tree: Any) -> Iterator[tuple[int, Any]]:
        """Keys and values of a number tree, whatever its depth."""
        nums = list(list.__iter__(tree.get("/Nums", [])))
        for at in range(0, len(nums), 2):
            yield int(nums[at]), nums[at + 1]
        for kid in list.__iter__(tree.get("/Kids", [])):
            yield from self._pairs(self._found(kid))


FRAMES = ("/Catalog", "/Pages", "/StructTreeRoot", "/Metadata", "/ObjStm", "/XRef", "/Outlines", "/Sig")
MARKS = re.compile(
    rb"/(?:StructParents?|Headers|ID|Dest|Widget|Page|%b)\b" % "|".join(FRAMES).replace("/", "").encode()
)


def _is_frame(thing: Any) -> bool:
    """What the whole has once, for itself; and seals."""
    if not isinstance(thing, DictionaryObject):
        return thing is None
    return (
        thing.get("/Type") in FRAMES
        or thing.get("/Subtype") == "/Widget"
        or {"/Title", "/Dest"} <= set(thing)
    )
