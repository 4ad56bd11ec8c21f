"""What is sent for pages: pictures drawn anew, documents that are what their name says."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.documents.models import Document
from wagtail.images import get_image_model

from tests.factories import make_admin

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
GPS = {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)}


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_admin())
    return client


def photograph(kind: str = "JPEG") -> bytes:
    picture, out = Image.new("RGB", (40, 20), "navy"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "chez Camille"
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825).update(GPS)
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def send_image(client: Client, name: str, content: bytes) -> str:
    page = client.post(
        "/admin/images/add/", {"title": "Une image", "file": SimpleUploadedFile(name, content)}
    )
    return page.content.decode() if page.status_code == 200 else ""


def send_document(client: Client, name: str, content: bytes) -> str:
    file = SimpleUploadedFile(name, content)
    page = client.post("/admin/documents/add/", {"title": "Un document", "file": file})
    return page.content.decode() if page.status_code == 200 else ""


def stored() -> bytes:
    with get_image_model().objects.get().file.open("rb") as file:
        return file.read()


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "photo.jpg"), ("WEBP", "photo.webp"), ("PNG", "photo.png")]
)
def test_what_is_kept_of_a_photograph_does_not_say_where_it_was_taken(
    client: Client, kind: str, name: str
) -> None:
    assert b"chez Camille" in photograph(kind)
    assert send_image(client, name, photograph(kind)) == ""
    kept = stored()
    assert b"chez Camille" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert picture.size == (20, 40), "it stands upright"


def test_what_hides_behind_a_picture_is_not_kept(client: Client) -> None:
    assert send_image(client, "photo.jpg", photograph() + b"<script>alert(1)</script>PK\x03\x04") == ""
    assert b"script" not in stored()


def bomb() -> bytes:
    """30,000 × 30,000 points in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("dessin.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("photo.png", photograph()),
        ("coupee.jpg", photograph()[:200]),
        ("bombe.png", bomb()),
        ("page.html", photograph()),
        ("grosse.jpg", photograph() + b"\0" * (11 * 1024 * 1024)),
    ],
)
def test_what_is_no_picture_is_refused(client: Client, name: str, content: bytes) -> None:
    assert "error-message" in send_image(client, name, content)
    assert not get_image_model().objects.exists()


def test_a_name_that_climbs_stays_in_its_folder(client: Client) -> None:
    assert send_image(client, "../../../etc/photo.jpg", photograph()) == ""
    name = get_image_model().objects.get().file.name
    assert name.startswith("original_images/photo")


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def archive_bomb() -> bytes:
    return zipped({**WORD, "word/media/a": b"\0" * (210 * 1024 * 1024)})


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("note.docx", zipped(WORD)), ("note.pdf", b"%PDF-1.7\n"), ("liste.csv", "nom;prénom\n".encode())],
)
def test_a_document_that_is_what_it_says_is_kept(client: Client, name: str, content: bytes) -> None:
    assert send_document(client, name, content) == ""
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("note.docm", zipped(WORD)),
        ("note.pdf", b"<html><script>alert(1)</script>"),
        ("note.docx", b"MZ\x90\x00"),
        ("note.docx", zipped({"autre.xml": b"x"})),
        ("note.docx", zipped({**WORD, "word/vbaProject.bin": b"x"})),
        ("note.odt", zipped({"content.xml": b"x", "Basic/Standard/Module1.xml": b"x"})),
        ("note.docx", zipped({**WORD, "../../etc/cron.d/x": b"x"})),
        ("note.docx", archive_bomb),
        ("liste.csv", b"MZ\x90\x00"),
    ],
    ids=[
        "html",
        "macros by name",
        "false pdf",
        "program",
        "other zip",
        "macros",
        "basic",
        "climbs",
        "bomb",
        "csv",
    ],
)
def test_a_document_that_is_something_else_is_refused(
    client: Client, name: str, content: bytes | Callable[[], bytes]
) -> None:
    sent = content() if callable(content) else content
    assert "error-message" in send_document(client, name, sent)
    assert not Document.objects.exists()
