"""What coordinators send for their pages: pictures are drawn anew, documents are what their name says.

A picture that is drawn anew holds what was seen and nothing else: no place where it was taken, no second
file hidden behind it. A document is handed out as it came, so what could harm who opens it is refused.
"""

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from PIL import Image, ImageOps, ImageSequence

from common.errors import DomainError

LONGEST_SIDE = 4_000
MOST_DOCUMENT_BYTES = 20 * 1024 * 1024
MOST_UNFOLDED_BYTES = 200 * 1024 * 1024
MOST_PARTS = 5_000
MACROS = ("vbaproject.bin", "vbadata.xml", "basic/script-lc.xml")
# What the first bytes must be, and the part that only such a file has.
ZIPPED = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
    "odt": "content.xml",
    "ods": "content.xml",
    "odp": "content.xml",
}
UNREADABLE = "Cette image ne s’ouvre pas : enregistrez-la de nouveau en JPEG ou en PNG, puis réessayez."
NOT_WHAT_IT_SAYS = "Ce fichier n’est pas ce que son nom annonce."


def opened(opens: Callable[[Any], Any], file: Any) -> Any:
    """What ``opens`` (Wagtail's field) says of it; it lets the errors of a picture cut short escape."""
    try:
        return opens(file)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DomainError(UNREADABLE, field="file") from error


def redrawn(file: UploadedFile) -> UploadedFile:
    """The same picture, upright, of a size that pages need, without what travelled with it."""
    try:
        file.seek(0)
        with Image.open(file) as picture:
            kind = picture.format or ""
            out = io.BytesIO()
            if getattr(picture, "is_animated", False):
                _save_frames(picture, kind, out)
            else:
                _save_one(picture, kind, out)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DomainError(UNREADABLE, field="file") from error
    size = out.tell()
    out.seek(0)
    return InMemoryUploadedFile(out, "file", file.name, file.content_type, size, None)


def _save_one(picture: Image.Image, kind: str, out: io.BytesIO) -> None:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    profile = picture.info.get("icc_profile")  # its colours
    upright.info = {}
    upright.save(out, format=kind, icc_profile=profile, **({"quality": 90} if kind != "PNG" else {}))


def _save_frames(picture: Image.Image, kind: str, out: io.BytesIO) -> None:
    if picture.n_frames > 200 or max(picture.size) > LONGEST_SIDE // 2:  # type: ignore[attr-defined]
        raise DomainError("Cette image animée est trop longue ou trop grande.", field="file")
    delay, loop = picture.info.get("duration", 100), picture.info.get("loop", 0)
    first, *others = [frame.copy() for frame in ImageSequence.Iterator(picture)]
    for frame in (first, *others):
        frame.info = {key: frame.info[key] for key in ("transparency", "background") if key in frame.info}
    first.save(out, format=kind, save_all=True, append_images=others, duration=delay, loop=loop)


def check_document(file: File) -> None:
    """Refuses what is too big, what is not what its name says, and what holds a program."""
    if (file.size or 0) > MOST_DOCUMENT_BYTES:
        raise DomainError("Ce document dépasse 20 Mo.", field="file")
    extension = PurePosixPath(str(file.name).lower()).suffix.lstrip(".")
    file.seek(0)
    begin = file.read(4_096)
    file.seek(0)
    if extension in ZIPPED:
        _check_zipped(file, ZIPPED[extension])
        file.seek(0)
    elif (extension == "pdf" and not begin.startswith(b"%PDF-")) or (extension == "csv" and b"\x00" in begin):
        raise DomainError(NOT_WHAT_IT_SAYS, field="file")


def _check_zipped(file: File, part: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise DomainError(NOT_WHAT_IT_SAYS, field="file") from error
    names = [each.filename.lower() for each in parts]
    if part not in names:
        raise DomainError(NOT_WHAT_IT_SAYS, field="file")
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_UNFOLDED_BYTES:
        raise DomainError("Ce document contient trop de choses pour être ouvert sans risque.", field="file")
    if any(".." in PurePosixPath(name).parts or name.startswith(("/", "\\")) for name in names):
        raise DomainError(NOT_WHAT_IT_SAYS, field="file")
    if any(name.endswith(MACROS) or name.startswith("basic/") for name in names):
        raise DomainError("Ce document contient des macros : enregistrez-le sans elles.", field="file")
