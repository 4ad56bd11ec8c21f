"""What visitors do, request by request. No Django here: see ``load``."""

import json
import re
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
COOKIE = re.compile(rb"\r\nset-cookie: *(\w+)=([^;]+)", re.IGNORECASE)
PLACE = re.compile(rb"\r\nlocation: *([^\r#]+)", re.IGNORECASE)
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def cookies(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in COOKIE.findall(self.head)}

    @property
    def place(self) -> str:
        found = PLACE.search(self.head)
        return found[1].decode() if found else ""


Visit = Generator[bytes, Answer, dict[str, Any]]


def get(port: int, path: str, **headers: str) -> bytes:
    return _request("GET", port, path, b"", headers)


def post(port: int, path: str, body: bytes, **headers: str) -> bytes:
    said = {"Origin": f"http://127.0.0.1:{port}", "Content-Length": str(len(body)), **headers}
    return _request("POST", port, path, body, said)


def _request(method: str, port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "", ""]).encode() + body


def register(port: int, session: int, name: str) -> Visit:
    """The form page, the form with what it holds, the page that says what came of it."""
    page = yield get(port, f"/sessions/{session}/")
    token = TOKEN.search(page.body)
    if page.status != 200 or token is None:
        return {"error": f"form page {page.status}"}
    cookies = page.cookies
    person = {
        "csrfmiddlewaretoken": token[1].decode(),
        "first_name": "Camille",
        "last_name": f"Martin {name}",
        "email": f"camille.{name}@example.org",
        "profession": "60",
    }
    form = urlencode(person).encode()
    path = f"/sessions/{session}/inscription/"
    posted = yield post(port, path, form, Content_Type=FORM, Cookie=_jar(cookies))
    if posted.status != 302:
        return {"error": f"post {posted.status}", "post_s": posted.seconds}
    outcome = yield get(port, posted.place, Cookie=_jar(cookies | posted.cookies))
    if outcome.status != 200:
        return {"error": f"outcome {outcome.status}", "post_s": posted.seconds}
    return {"page_s": page.seconds, "post_s": posted.seconds, "outcome_s": outcome.seconds}


def register_bare(port: int, session: int, name: str) -> Visit:
    """As many requests, to the floor."""
    page = yield get(port, "/")
    body = urlencode({"name": f"Martin {name}", "email": f"camille.{name}@example.org"}).encode()
    posted = yield post(port, f"/enter/{session}/", body, Content_Type=FORM)
    if posted.status != 302:
        return {"error": f"post {posted.status}"}
    outcome = yield get(port, posted.place)
    if (page.status, outcome.status) != (200, 200):
        return {"error": f"pages {page.status} {outcome.status}"}
    return {"page_s": page.seconds, "post_s": posted.seconds, "outcome_s": outcome.seconds}


def look(port: int, path: str, seconds: float, encoding: str = "") -> Visit:
    """The same page again and again; how often in a second."""
    count, begin = 0, time.monotonic()
    while (spent := time.monotonic() - begin) < seconds:
        page = yield get(port, path, Accept_Encoding=encoding)
        if page.status != 200:
            return {"error": f"page {page.status}", "per_s": 0.0}
        count += 1
    return {"per_s": count / spent}


def open_sheet(port: int, slot: int, cookie: str) -> Visit:
    """A device before its first mark: the sheet, and how it stands; ``tap`` needs what is ``opened``."""
    page = yield get(port, f"/emargement/{slot}/", Cookie=cookie)
    token = TOKEN.search(page.body)
    if page.status != 200 or token is None:
        return {"error": f"sheet {page.status}"}
    stands = yield get(port, f"/emargement/{slot}/etat/", Cookie=cookie)
    cookies = f"{cookie}; " + _jar(page.cookies)
    return {"slot": slot, "opened": (cookies, token[1].decode(), json.loads(stands.body)["since"])}


def tap(
    port: int, slot: int, opened: tuple[str, str, str], people: list[int], states: tuple[str, ...]
) -> Visit:
    """The marks of a room one by one: everybody's first state, then the next.

    As ``sheet.js`` does: it says with each mark what it last heard.
    """
    cookies, token, since = opened
    headers = {"Content_Type": "application/json", "Cookie": cookies, "X_CSRFToken": token}
    spans: list[float] = []
    begin = time.monotonic()
    for seen, state in pairwise(states):
        for person in people:
            marks = [{"registration": person, "state": state, "seen": seen}]
            body = json.dumps({"marks": marks, "newcomers": [], "since": since}).encode()
            answer = yield post(port, f"/emargement/{slot}/envoi/", body, **headers)
            said = json.loads(answer.body)
            if answer.status != 200 or said.get("conflicts"):
                return {"error": f"mark {answer.status} {answer.body[:80]!r}", "marks": len(spans)}
            since = said["since"]
            spans.append(answer.seconds)
    return {"marks": len(spans), "spans": spans, "begin": begin, "end": time.monotonic()}


def tap_bare(port: int, people: list[int], states: tuple[str, ...]) -> Visit:
    spans: list[float] = []
    begin = time.monotonic()
    for state in states[1:]:
        for person in people:
            body = json.dumps({"state": state}).encode()
            answer = yield post(port, f"/mark/{person}/", body, Content_Type="application/json")
            if answer.status != 200:
                return {"error": f"mark {answer.status}", "marks": len(spans)}
            spans.append(answer.seconds)
    return {"marks": len(spans), "spans": spans, "begin": begin, "end": time.monotonic()}


def _jar(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
