"""A share of the hostile requests over real sockets, to a real server; some are not even HTTP."""

import re
import socket
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random

from django.db import connections

from tests import databases, factories, processes
from tests.access_world import CANARY, Visitor, open_place
from tests.security.fuzz import BEARER, MAY_READ_B, Result, prepare
from tests.security.requests import ROLES, Asked, Requests

SECONDS = 10
LOOPBACK = "127.0.0.1"
# What no program that speaks HTTP sends; the server closes, or answers 400, and goes on.
MALFORMED = (
    b"GET\r\n\r\n",
    b"\x00\x01\x02\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nA b: c\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"POST /compte/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /compte/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\nx",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET http://example.org/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def knock(*, seed: int, requests: int) -> Result:
    """``requests`` to a server of two workers, on a database of its own; what they change stays changed."""
    began, random, result = time.monotonic(), Random(seed), Result(seed)
    prepare()
    connection = connections["default"]
    databases.install(connection.settings_dict)
    try:
        places = (open_place("a", "Alpha"), open_place("b", CANARY))
        users = (None, factories.make_user(), places[0].trainer, places[0].coordinator, places[1].coordinator,
                 factories.make_admin())  # fmt: skip
        cookies = {role: Visitor(user).cookies.strip() for role, user in zip(ROLES, users, strict=True)}
        connections.close_all()
        drawn = Requests(random, places)
        connections.close_all()
        with (
            tempfile.TemporaryDirectory() as folder,
            processes.web_server(Path(folder), connection.settings_dict, workers=2) as port,
        ):
            for _ in range(requests):
                result.asked += 1
                _one(random, drawn, cookies, port, result)
            if not processes.answers(port):
                result.fail(Asked("anonymous", "after all", "GET", "/calendrier/"), "the server is gone")
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)
    result.seconds = time.monotonic() - began
    return result


def _one(random: Random, drawn: Requests, cookies: dict[str, str], port: int, result: Result) -> None:
    if random.random() < 0.1:
        asked, raw = Asked("anonymous", "malformed", "", ""), random.choice(MALFORMED)
    else:
        asked = drawn.draw()
        raw = written(asked, cookies[asked.role])
    answer = _send(port, raw)
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    status = int(found[1]) if found else 0
    result.statuses[status] += 1
    result.names.add(asked.name)
    if status >= 500 and not raw.startswith((b"TRACE", b"CONNECT")):
        result.fail(asked, f"over HTTP: {status}\n{raw[:200]!r}")
    known = CANARY.lower().encode()
    may = asked.role in MAY_READ_B or asked.name.startswith(BEARER) or known in raw.lower()
    if not may and known in answer.lower():
        result.fail(asked, f"over HTTP: {status}, tells of B")


def written(asked: Asked, cookie: str) -> bytes:
    """As bytes, and as wrong as it was drawn."""
    query = f"?{asked.query}" if asked.query else ""
    target = f"{asked.path}{query}".encode("utf-8", "surrogatepass")
    host = asked.headers.get("Host", "localhost")
    lines = [
        f"{asked.method} ".encode() + target + b" HTTP/1.1",
        b"Host: " + host.encode("latin-1", "replace"),
        b"Cookie: " + cookie.encode(),
        b"Connection: close",
        b"Content-Length: " + str(len(asked.body)).encode(),
    ]
    if asked.content_type:
        lines.append(b"Content-Type: " + asked.content_type.encode("latin-1", "replace"))
    for name, value in asked.headers.items():
        if name not in ("Host", "Cookie"):
            lines.append(name.encode() + b": " + value.encode("latin-1", "replace"))
    return b"\r\n".join(lines) + b"\r\n\r\n" + asked.body


def _send(port: int, raw: bytes) -> bytes:
    """What came back before the server closed; nothing when it would not talk."""
    parts = []
    try:
        with closing(socket.create_connection((LOOPBACK, port), timeout=SECONDS)) as line:
            line.sendall(raw)
            while part := line.recv(65_536):
                parts.append(part)
    except (ConnectionError, TimeoutError):
        pass
    return b"".join(parts)
