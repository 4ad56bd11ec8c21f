"""Requests drawn at random over every address, role and method, with hostile values in their parts."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from tests.access_resolver import address, addresses
from tests.access_world import Place
from tests.security import payloads

ROLES = (
    "anonymous",
    "professional",
    "trainer of A",
    "coordinator of A",
    "coordinator of B",
    "administrator",
)
METHODS = ("GET",) * 8 + ("POST",) * 8 + ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
# Breaks on purpose.
LEFT_OUT = {"wagtailadmin_error_test", "admin/test404/"}
# A document takes as long as twenty pages: asked for more rarely, and often enough.
SLOW = ("pdf", "preview", "certificates:", "document", "sheet", "session_image", "report", "results", "xlsx")
MOST_FORMS = 900
KINDS = (
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain; charset=klingon",
    "application/x-www-form-urlencoded; charset=utf-7",
    "text/xml",
    "\xff",
)


@dataclass(frozen=True)
class Asked:
    """One request, such that its text is enough to send it again."""

    role: str
    name: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""
    of_b: bool = False
    checks_csrf: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self) | {"body": base64.b64encode(self.body).decode()})

    @classmethod
    def read(cls, text: str) -> "Asked":
        found = json.loads(text)
        return cls(**{**found, "body": base64.b64decode(found["body"])})


@dataclass(frozen=True)
class Form:
    role: str
    name: str
    path: str
    fields: tuple[tuple[str, str], ...]


class Requests:
    """Draws; learns the forms that pages show, to send them with a field or two changed."""

    def __init__(self, random: Random, places: tuple[Place, Place]) -> None:
        self.random = random
        self.targets = [
            (name, address(name, place), place is places[1])
            for name in sorted(set(addresses()) - LEFT_OUT)
            for place in places
        ]
        self.forms: dict[tuple[str, str, tuple[str, ...]], Form] = {}
        self.parameters: dict[str, tuple[str, ...]] = {}

    def sweep(self) -> Iterator[Asked]:
        """Each address once as it is, for the forms on its page."""
        for name, path, of_b in self.targets:
            role = "coordinator of B" if of_b else "administrator"
            if not _is_slow(name):
                yield Asked(role, name, "GET", path)

    def draw(self) -> Asked:
        if self.forms and self.random.random() < 0.35:
            return self._changed_form()
        name, path, of_b = self.random.choice(self.targets)
        while _is_slow(name) and self.random.random() < 0.9:
            name, path, of_b = self.random.choice(self.targets)
        method, role = self.random.choice(METHODS), self.random.choice(ROLES)
        path = self._path(path)
        known = self.parameters.get(name, ())
        query = payloads.query(self.random, known) if self.random.random() < 0.6 else ""
        headers = payloads.headers(self.random) if self.random.random() < 0.35 else {}
        kind, body = ("", b"") if method in ("GET", "HEAD", "OPTIONS") else self._body()
        return Asked(role, name, method, path, query, headers, kind, body, of_b, self.random.random() < 0.05)

    def learn(self, asked: Asked, html: str) -> None:
        """The forms of the page that ``asked`` was answered with."""
        if len(self.forms) >= MOST_FORMS:
            return
        for form in BeautifulSoup(html, "html.parser").find_all("form"):
            fields = tuple(_fields(form))
            names = tuple(sorted({name for name, _ in fields}))
            path = str(form.get("action") or asked.path).partition("?")[0].partition("#")[0]
            if not path.startswith("/"):
                continue
            if str(form.get("method", "get")).lower() == "get":
                self.parameters[asked.name] = names
            elif names and "logout" not in path:
                self.forms.setdefault((asked.role, path, names), Form(asked.role, asked.name, path, fields))

    def _changed_form(self) -> Asked:
        form = self.random.choice(list(self.forms.values()))
        fields = [list(pair) for pair in form.fields]
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 3, 8))):
            chosen = self.random.randrange(len(fields))
            act = self.random.random()
            if act < 0.75:
                fields[chosen][1] = payloads.text(self.random)
            elif act < 0.85 and len(fields) > 1:
                del fields[chosen]
            elif act < 0.95:
                fields.append([fields[chosen][0], payloads.text(self.random)])
            else:
                fields.append([payloads.text(self.random), payloads.text(self.random)])
        role = form.role if self.random.random() < 0.8 else self.random.choice(ROLES)
        if self.random.random() < 0.3:
            kind, body = _multipart(self.random, fields)
        else:
            kind, body = "application/x-www-form-urlencoded", _encoded(fields)
        return Asked(role, form.name, "POST", form.path, "", {}, kind, body, form.role == "coordinator of B")

    def _path(self, path: str) -> str:
        if self.random.random() < 0.5:
            return path
        parts = path.split("/")
        chosen = self.random.randrange(1, max(2, len(parts) - 1))
        parts[chosen] = payloads.part(self.random)
        if self.random.random() < 0.05:
            parts.insert(chosen, self.random.choice(("..", "", "%2e%2e")))
        return "/".join(parts)

    def _body(self) -> tuple[str, bytes]:
        act = self.random.random()
        pairs = [
            [self.random.choice(payloads.QUERY_NAMES), payloads.text(self.random)]
            for _ in range(self.random.randint(0, 5))
        ]
        if act < 0.35:
            return "application/x-www-form-urlencoded", _encoded(pairs)
        if act < 0.65:
            return "application/json", self.random.choice(payloads.JSONS)
        if act < 0.9:
            return _multipart(self.random, pairs)
        kind = self.random.choice(KINDS)
        return kind, self.random.choice(
            (*payloads.JSONS, b"a=%ff%fe&b", b"--x\r\nContent-Disposition: form-data")
        )


def _is_slow(name: str) -> bool:
    return any(word in name for word in SLOW)


def _encoded(fields: list[list[str]]) -> bytes:
    return urlencode([tuple(pair) for pair in fields], encoding="utf-8", errors="surrogatepass").encode()


def _multipart(random: Random, fields: list[list[str]]) -> tuple[str, bytes]:
    boundary = "limite"
    lines = []
    for name, value in fields:
        lines += [f'--{boundary}\r\nContent-Disposition: form-data; name="{_flat(name)}"\r\n\r\n{value}\r\n']
    body = "".join(lines).encode("utf-8", "surrogatepass")
    for _ in range(random.randint(0, 2)):
        name, kind, content = random.choice(payloads.FILES)
        field_name = (
            random.choice([name for name, _ in fields] or ["file"]) if random.random() < 0.5 else "file"
        )
        head = f'form-data; name="{_flat(field_name)}"; filename="{_flat(name)}"\r\nContent-Type: {kind}'
        body += (
            f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode("utf-8", "surrogatepass")
            + content
            + b"\r\n"
        )
    end = b"" if random.random() < 0.1 else f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body + end


def _flat(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "").replace("\n", "")


def _fields(form: Any) -> Iterator[tuple[str, str]]:
    """What a browser would send."""
    for control in form.find_all(["input", "select", "textarea", "button"]):
        name, kind = str(control.get("name") or ""), str(control.get("type") or "")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if control.name == "select":
            chosen = control.find("option", selected=True) or control.find("option", value=True)
            yield name, str(chosen.get("value", "")) if chosen else ""
        elif control.name == "textarea":
            yield name, control.get_text()
        elif kind in ("checkbox", "radio") and not control.has_attr("checked"):
            continue
        else:
            yield name, str(control.get("value") or "")
