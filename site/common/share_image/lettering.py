"""Lines of text within a width: signs that our fonts do not hold are left out, never drawn as boxes."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import ImageDraw, ImageFont

FONTS = Path(__file__).parents[1] / "fonts"
# Each face, and what stands in for it where it lacks a sign.
FACES = {
    "display": ("display-600", "text-700", "text-ext-700"),
    "text": ("text-400", "text-ext-400"),
    "bold": ("text-700", "text-ext-700"),
}
ELLIPSIS = "…"
LONGEST = 400  # signs that are looked at: no title needs more

Colour = tuple[int, int, int]


def readable(text: str, face: str) -> str:
    """``text`` on one line, without what the face and its stand-ins cannot write."""
    known = {sign for name in FACES[face] for sign in _signs(name)}
    composed = unicodedata.normalize("NFC", text[:LONGEST])
    kept = "".join(sign if ord(sign) in known else " " * sign.isspace() for sign in composed)
    return " ".join(word for word in kept.split(" ") if word.strip())


def lines_of(text: str, *, face: str, size: int, width: int, most: int) -> list[str] | None:
    """``text`` on ``most`` lines at most; None when it does not fit."""
    lines: list[str] = []
    for word in text.split(" ") if text else ():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and length(joined, face=face, size=size) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    fits = len(lines) <= most and all(length(line, face=face, size=size) <= width for line in lines)
    return lines if fits else None


def fitted(text: str, *, face: str, sizes: tuple[int, ...], width: int, most: int) -> tuple[int, list[str]]:
    """At the largest size at which ``text`` fits; at the smallest it is cut, even within a word."""
    text = readable(text, face)
    for size in sizes:
        if (lines := lines_of(text, face=face, size=size, width=width, most=most)) is not None:
            return size, lines
    return sizes[-1], _cut(text, face=face, size=sizes[-1], width=width, most=most)


def length(text: str, *, face: str, size: int) -> float:
    return sum(_font(name, size).getlength(run) for name, run in _runs(text, face))


def write(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], text: str, *, face: str, size: int, fill: Colour
) -> None:
    """``at`` is the left end of the base line."""
    x, y = at
    for name, run in _runs(text, face):
        canvas.text((x, y), run, font=_font(name, size), fill=fill, anchor="ls")
        x += _font(name, size).getlength(run)


def _cut(text: str, *, face: str, size: int, width: int, most: int) -> list[str]:
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most:
        kept = _head(rest, face=face, size=size, width=width)
        lines.append(kept.strip())
        rest = rest[len(kept) :].lstrip()
    if rest:
        last = lines[-1]
        while last and length(last + ELLIPSIS, face=face, size=size) > width:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,;:.–-") + ELLIPSIS
    return lines


def _head(text: str, *, face: str, size: int, width: int) -> str:
    """As many signs as ``width`` takes, up to the end of a word if one ends there."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if length(text[:middle], face=face, size=size) <= width else (low, middle - 1)
        )
    if low == len(text) or " " not in text[:low]:
        return text[:low]
    return text[: text.rindex(" ", 0, low + 1) + 1]


def _runs(text: str, face: str) -> Iterator[tuple[str, str]]:
    """Pieces of ``text``, each with the font that holds its signs."""
    names = FACES[face]
    current, run = names[0], ""
    for sign in text:
        name = next((each for each in names if ord(sign) in _signs(each)), names[0])
        if name != current and run:
            yield current, run
            run = ""
        current, run = name, run + sign
    if run:
        yield current, run


@cache
def _signs(name: str) -> frozenset[int]:
    with TTFont(FONTS / f"{name}.woff2", lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}.woff2", size)
