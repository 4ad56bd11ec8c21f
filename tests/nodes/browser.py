"""One person's browser, which a proxy sends to either node: cookies go to both."""

import http.client
import re
from contextlib import closing
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    content_type: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Browser:
    def __init__(self, **cookies: str) -> None:
        self.cookies: SimpleCookie = SimpleCookie(cookies)
        self.token = ""

    def get(self, port: int, path: str) -> Answer:
        answer = self._ask(port, "GET", path, b"", "")
        found = TOKEN.search(answer.content.decode(errors="replace"))
        self.token = found[1] if found else self.token
        return answer

    def post(self, port: int, path: str, form: dict[str, Any], *, files: bool = False) -> Answer:
        sent = {"csrfmiddlewaretoken": self.token, **form}
        if files:
            return self._ask(port, "POST", path, encode_multipart(BOUNDARY, sent), MULTIPART_CONTENT)
        body = urlencode(sent, doseq=True).encode()
        return self._ask(port, "POST", path, body, "application/x-www-form-urlencoded")

    def _ask(self, port: int, method: str, path: str, body: bytes, content_type: str) -> Answer:
        headers = {"Origin": f"http://127.0.0.1:{port}"}
        if content_type:
            headers["Content-Type"] = content_type
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in self.cookies.items())
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
            client.request(method, path, body or None, headers)
            answer = client.getresponse()
            content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        location = answer.headers.get("Location", "").removeprefix(f"http://127.0.0.1:{port}")
        return Answer(answer.status, location, answer.headers.get("Content-Type", ""), content)
