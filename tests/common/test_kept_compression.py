"""Kept pages leave compressed without being compressed again, and no length tells anything about a token."""

import gzip
import re
import zlib

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse

from common import compression, page_generation
from common.compression import spliced, squeezed
from common.kept_pages import KeptPages
from common.public import mark_public
from tests.factories import make_session
from tests.visitor import Visitor, only

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
GZIP = {"Accept-Encoding": "br, gzip"}
DJANGO = WSGIHandler()


@pytest.fixture
def site() -> KeptPages:
    page_generation.renew()
    return KeptPages(DJANGO)


@pytest.fixture
def path() -> str:
    return f"/sessions/{make_session().pk}/"


@pytest.mark.parametrize("parts", [[b"vague " * 99], [b"a", b"b"], [b"", b"mer" * 9000, b""], [b""]])
def test_parts_and_what_stands_between_them_come_out_whole(parts: list[bytes]) -> None:
    sent = spliced(parts, squeezed(parts), b"T" * 64)
    stream = zlib.decompressobj(wbits=31)  # one member: browsers ignore what follows the first
    assert stream.decompress(sent) + stream.flush() == (b"T" * 64).join(parts)
    assert (stream.eof, stream.unused_data) == (True, b"")


def test_a_kept_page_says_the_same_with_and_without_compression(site: KeptPages, path: str) -> None:
    first, plain, short = (Visitor(site).get(path, each) for each in (GZIP, {}, GZIP))
    whole = [gzip.decompress(first.content), plain.content, gzip.decompress(short.content)]
    assert len({TOKEN.sub(b"", each) for each in whole}) == 1
    assert short.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(short.headers["Content-Length"]) == len(short.content) < len(plain.content) / 2
    assert int(plain.headers["Content-Length"]) == len(plain.content)
    assert first.headers["Vary"] == plain.headers["Vary"] == short.headers["Vary"]


def test_the_token_is_never_compressed_and_never_the_same(site: KeptPages, path: str) -> None:
    Visitor(site).get(path)
    sent = [Visitor(site).get(path, GZIP).content for _ in range(3)]
    tokens = [TOKEN.search(gzip.decompress(each))[1] for each in sent]
    assert len(set(tokens)) == 3
    assert all(token in each for token, each in zip(tokens, sent, strict=True))
    assert len({len(each) for each in sent}) == 1


def test_serving_a_kept_page_compresses_nothing(site: KeptPages, path: str, monkeypatch) -> None:
    Visitor(site).get(path)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("django.middleware.gzip.compress_string", never)
    monkeypatch.setattr(compression, "_deflated", never)
    assert Visitor(site).get(path, GZIP).status == 200


@pytest.mark.parametrize(
    ("content", "kind", "compressed"),
    [("mer" * 99, "text/html", True), ("mer", "text/html", False), ("mer" * 99, "image/png", False)],
)
def test_only_texts_that_are_worth_it_are_compressed(content: str, kind: str, compressed: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        mark_public(request)
        return HttpResponse(content, content_type=kind, headers={"ETag": '"1"'})

    visitor = Visitor(KeptPages(only(answer)))
    visitor.get("/")
    again = visitor.get("/", GZIP)
    assert ("Content-Encoding" in again.headers) == compressed
    assert again.headers["ETag"] == ('W/"1"' if compressed else '"1"')
    for known, status in (('"1"', 304), ('W/"1"', 304), ('"2"', 200)):
        answered = visitor.get("/", {**GZIP, "If-None-Match": known})
        assert answered.status == status
        assert bool(answered.content) == ("Content-Length" in answered.headers) == (status == 200)
