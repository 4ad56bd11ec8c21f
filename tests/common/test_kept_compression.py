"""Kept pages leave compressed without being compressed again, and no length tells anything about a token."""

import gzip
import re
import zlib
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import Client

from common import compression, page_generation
from common.compression import spliced, squeezed
from common.page_cache import PublicPages
from tests.common.test_page_cache import KEPT, asked
from tests.factories import make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
GZIP = {"Accept-Encoding": "br, gzip"}


@pytest.fixture(autouse=True)
def _kept_pages(settings) -> Iterator[None]:
    settings.CACHES = {**settings.CACHES, "pages": KEPT}
    caches["pages"].clear()
    page_generation.renew()
    yield
    caches["pages"].clear()


@pytest.fixture
def path() -> str:
    return f"/sessions/{make_session().pk}/"


@pytest.mark.parametrize("parts", [[b"vague " * 99], [b"a", b"b"], [b"", b"mer" * 9000, b""], [b""]])
def test_parts_and_what_stands_between_them_come_out_whole(parts: list[bytes]) -> None:
    sent = spliced(parts, squeezed(parts), b"T" * 64)
    stream = zlib.decompressobj(wbits=31)  # one member: browsers ignore what follows the first
    assert stream.decompress(sent) + stream.flush() == (b"T" * 64).join(parts)
    assert (stream.eof, stream.unused_data) == (True, b"")


def test_a_kept_page_says_the_same_with_and_without_compression(path: str) -> None:
    first, plain, short = (Client().get(path, headers=each) for each in (GZIP, {}, GZIP))
    whole = [gzip.decompress(first.content), plain.content, gzip.decompress(short.content)]
    assert len({TOKEN.sub(b"", each) for each in whole}) == 1
    assert short["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert int(short["Content-Length"]) == len(short.content) < len(plain.content) / 2
    assert first["Vary"] == plain["Vary"] == short["Vary"]


def test_the_token_is_never_compressed_and_never_the_same(path: str) -> None:
    Client().get(path)
    sent = [Client().get(path, headers=GZIP).content for _ in range(3)]
    tokens = [TOKEN.search(gzip.decompress(each))[1] for each in sent]
    assert len(set(tokens)) == 3
    assert all(token in each for token, each in zip(tokens, sent, strict=True))
    assert len({len(each) for each in sent}) == 1


def test_serving_a_kept_page_compresses_nothing(path: str, monkeypatch) -> None:
    Client().get(path)

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("django.middleware.gzip.compress_string", never)
    monkeypatch.setattr(compression, "_deflated", never)
    assert Client().get(path, headers=GZIP).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "compressed"),
    [("mer" * 99, "text/html", True), ("mer", "text/html", False), ("mer" * 99, "image/png", False)],
)
def test_only_texts_that_are_worth_it_are_compressed(content: str, kind: str, compressed: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        request.META["escale.public"] = True
        return HttpResponse(content, content_type=kind, headers={"ETag": '"1"'})

    request = asked()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    PublicPages(answer)(request)
    response = PublicPages(answer)(request)
    assert ("Content-Encoding" in response) == compressed
    assert response["ETag"] == ('W/"1"' if compressed else '"1"')
    request.META["HTTP_IF_NONE_MATCH"] = '"1"'
    assert PublicPages(answer)(request).status_code == 304
