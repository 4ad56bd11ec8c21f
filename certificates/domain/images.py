"""The pictures of a document: the code that leads to its verification, boxes to tick, the logo."""

import io
from functools import cache

import segno
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image, ImageOps
from wagtail.images.models import AbstractImage, SourceImageIOError

from common.pdf import IMAGE_SCHEME

QR_SCALE = 6
LOGO_SIZE = (720, 320)  # about 400 dots per inch at the size it is printed
_FOLDER = "documents/logos"
_LINE = 130  # height of a line of the list that the boxes stand beside, in hundredths of its letters


def qr(url: str) -> bytes:
    """A PNG: drawn as paths it takes longer than the rest of the page. So would trying each mask."""
    rows = segno.make_qr(url, error="m", mask=4).matrix
    code = Image.new("L", (len(rows), len(rows)))
    code.putdata([0 if dark else 255 for row in rows for dark in row])
    out = io.BytesIO()
    side = len(rows) * QR_SCALE
    code.resize((side, side), Image.Resampling.NEAREST).save(out, format="PNG")
    return out.getvalue()


def keep_logo(image: AbstractImage) -> str:
    """The name of a copy fit to print, in private storage: a later logo changes no old document.

    "" when the image does not open: the document does without.
    """
    name, private = f"{_FOLDER}/{image.get_file_hash()}.jpg", storages["private"]
    if not private.exists(name):
        content = printable(image)
        if content is None:
            return ""
        private.save(name, ContentFile(content))
    return name


def printable(image: AbstractImage) -> bytes | None:
    """A JPEG on white: the one format that goes into a PDF as it is. None when the image does not open."""
    try:
        with image.open_file() as file, Image.open(file) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, SourceImageIOError, Image.DecompressionBombError):
        return None
    upright.thumbnail(LOGO_SIZE)
    ground = Image.new("RGBA", upright.size, "white")
    ground.alpha_composite(upright)
    out = io.BytesIO()
    ground.convert("RGB").save(out, format="JPEG", quality=92, subsampling=0)
    return out.getvalue()


def logo(name: str) -> bytes | None:
    """The copy of that name; None when there is none any more: the document does without."""
    private = storages["private"]
    if not name.startswith(f"{_FOLDER}/") or not private.exists(name):
        return None
    with private.open(name) as file:
        content: bytes = file.read()
    return content


@cache
def boxes(count: int, *, ticked: int) -> str:
    """A column of ``count`` boxes, one of them ticked: a single picture is laid out sooner than several."""
    paths = [f"M12 {34 + at * _LINE}h70v70h-70z" for at in range(count)]
    paths.append(f"M27 {72 + ticked * _LINE}l16 18 24 -40")
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
        f"viewBox='0 0 100 {count * _LINE}'%3E%3Cpath d='{''.join(paths)}' fill='none' stroke='%2310283b' "
        "stroke-width='8'/%3E%3C/svg%3E"
    )


def address(name: str) -> str:
    """What a template says for the picture that ``write_pdf`` is given as ``name``."""
    return f"{IMAGE_SCHEME}{name}"
