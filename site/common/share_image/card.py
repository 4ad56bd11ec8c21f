"""What is written on the picture, and where."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from common.share_image.harbour import INK, SAND, WAVES, background
from common.share_image.lettering import ELLIPSIS, fitted, write

LEFT, COLUMN, LOW_COLUMN = 64, 1072, 740
SOFT = (74, 97, 114)


@dataclass(frozen=True)
class Card:
    """Everything but ``title`` may be empty; ``hue`` is a colour of the design tokens."""

    title: str
    hue: str = "sea"
    kind: str = ""
    when: str = ""
    where: str = ""
    by: str = ""


def draw(card: Card) -> bytes:
    """A PNG that says ``card``; the same card gives the same bytes."""
    image = background(card.hue).copy()
    canvas = ImageDraw.Draw(image)
    write(canvas, (132, 92), "Escale", face="display", size=40, fill=INK)
    _kind(canvas, card)
    size, lines = _title(card.title)
    y = 180.0 if card.kind else 140.0
    for line in lines:
        y += size * 1.1
        write(canvas, (LEFT, y), line, face="display", size=size, fill=INK)
    y += 20
    for text, face, colour in ((card.when, "bold", INK), (card.where, "text", SOFT)):
        if not text:
            continue
        size, found = fitted(text, face=face, sizes=(34, 30), width=LOW_COLUMN, most=1)
        y += 46
        for line in found:
            write(canvas, (LEFT, y), line, face=face, size=size, fill=colour)
    _size, found = fitted(card.by, face="bold", sizes=(26,), width=LOW_COLUMN, most=1)
    for line in found:
        write(canvas, (LEFT, 611), line, face="bold", size=26, fill=SAND)
    return _png(image)


def _title(text: str) -> tuple[int, list[str]]:
    """One large line, two, or three smaller ones."""
    for sizes, most in (((84, 74), 1), ((66, 58), 2), ((48,), 3)):
        found = fitted(text, face="display", sizes=sizes, width=COLUMN, most=most)
        if not found[1] or not found[1][-1].endswith(ELLIPSIS):
            return found
    return found


def _kind(canvas: ImageDraw.ImageDraw, card: Card) -> None:
    """The activity, with a dot of its colour."""
    size, found = fitted(card.kind, face="bold", sizes=(30,), width=COLUMN - 40, most=1)
    for line in found:
        canvas.ellipse([LEFT, 158, LEFT + 20, 178], fill=WAVES.get(card.hue, WAVES["sea"])[2])
        write(canvas, (LEFT + 34, 178), line, face="bold", size=size, fill=SOFT)


def _png(image: Image.Image) -> bytes:
    """Few colours are enough for flat waves and letters, and weigh a third."""
    found = io.BytesIO()
    image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        found, "PNG", compress_level=6
    )
    return found.getvalue()
