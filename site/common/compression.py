"""Text leaves compressed; pictures, documents and spreadsheets are compressed already.

A kept page is compressed once, in parts. A visitor's token is put between them as it is, in a stored
block: nothing is compressed with it, so that no length tells anything about it (BREACH), and it costs
each visitor a copy rather than a compression. Each part is compressed alone and looks back at nothing.
"""

import re
import struct
import zlib
from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/xml")
ACCEPTED = re.compile(r"\bgzip\b")
HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
SHORTEST = 200


class TextCompression(GZipMiddleware):
    """Django's, which adds a random length so that nobody learns a secret by measuring (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not is_text(response):
            return response
        return super().process_response(request, response)


def is_text(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith(TEXT)


def takes_gzip(request: HttpRequest) -> bool:
    return bool(ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))


def squeezed(parts: Sequence[bytes]) -> list[bytes]:
    """Each of ``parts`` as deflate blocks that end on a whole byte; the last one ends the stream."""
    return [_deflated(part, zlib.Z_SYNC_FLUSH) for part in parts[:-1]] + [_deflated(parts[-1], zlib.Z_FINISH)]


def spliced(parts: Sequence[bytes], blocks: Sequence[bytes], between: bytes) -> bytes:
    """The gzip of ``between.join(parts)``, from their ``squeezed`` blocks."""
    whole = between.join(parts)
    stored = struct.pack("<BHH", 0, len(between), len(between) ^ 0xFFFF) + between
    return HEAD + stored.join(blocks) + struct.pack("<LL", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)


def _deflated(part: bytes, end: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(end)
