"""The objects of a written PDF as they stand there, to copy them without taking each apart.

pypdf finds where they are; most need nothing but other numbers for what they refer to.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.generic import IndirectObject, read_object

_BEGIN = re.compile(rb"\s*\d+\s+\d+\s+obj\s*")
_STREAM = re.compile(rb">>\s*stream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d+)\b(?!\s+\d+\s+R)")
# Strings are passed over, whatever they hold: programs that write PDFs put a backslash before a parenthesis.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f\s]*>|\b(\d+)\s+\d+\s+R\b", re.DOTALL)


class Text(NamedTuple):
    """``head``: the object, or the dictionary of a stream; ``tail``: what the stream holds."""

    head: bytes
    tail: bytes = b""


def texts_of(pdf: bytes) -> tuple[PdfReader, dict[int, Text]]:
    """The objects by their number, without those that only tell where others are."""
    reader = PdfReader(BytesIO(pdf))
    packed: dict[int, list[tuple[int, int]]] = {}
    for number, (holder, place) in reader.xref_objStm.items():
        packed.setdefault(holder, []).append((number, place))
    texts = {
        number: _text_at(pdf, place)
        for places in reader.xref.values()
        for number, place in places.items()
        if place and number not in packed and number not in reader.xref_objStm
    }
    for holder, members in packed.items():
        texts.update(_unpacked(reader, holder, members))
    return reader, texts


def _text_at(pdf: bytes, place: int) -> Text:
    begin = _BEGIN.match(pdf, place)
    if begin is None:
        raise ValueError("No object where the file says there is one.")
    end = pdf.index(b"endobj", begin.end())
    stream = _STREAM.search(pdf, begin.end(), end)
    if stream is None:
        return Text(pdf[begin.end() : end].strip())
    head = pdf[begin.end() : stream.start() + 2]
    length = _LENGTH.search(head)
    if length is None:
        raise ValueError("A stream that does not say how long it is.")
    data = pdf[stream.end() : stream.end() + int(length[1])]
    return Text(head, b"\nstream\n" + data + b"\nendstream")


def _unpacked(reader: PdfReader, holder: int, members: list[tuple[int, int]]) -> Iterator[tuple[int, Text]]:
    stream: Any = reader.get_object(holder)
    data, first = stream.get_data(), int(stream["/First"])
    begins = [first + int(each) for each in data[:first].split()[1::2]] + [len(data)]
    for number, place in members:
        yield number, Text(data[begins[place] : begins[place + 1]].strip())


def parsed(text: Text, reader: PdfReader) -> Any:
    """The object, or the dictionary of a stream, taken apart."""
    return read_object(BytesIO(text.head + b" "), reader)


def refers(text: Text) -> bool:
    """To another object."""
    return any(found[1] for found in _REFERENCE.finditer(text.head))


def renumbered(text: bytes, references: Sequence[bytes]) -> bytes:
    """``references[n]`` is written where the object ``n`` was referred to."""
    return _REFERENCE.sub(lambda found: references[int(found[1])] if found[1] else found[0], text)


def number_of(thing: Any) -> int:
    """Of the object that ``thing`` refers to, 0 if it is none."""
    return thing.idnum if isinstance(thing, IndirectObject) else 0
