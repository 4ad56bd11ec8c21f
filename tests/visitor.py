"""A browser before the whole application, as a web server calls it: pages are kept outside of Django."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse

from common.page_cache import PublicPages

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor:
    def __init__(self, application: Application) -> None:
        self.application = application
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str, headers: dict[str, str] | None = None, **environ: Any) -> Answer:
        said: list[Any] = []
        with _one_connection():
            body: Any = self.application(
                _environ(path, headers or {}, self._cookie()) | environ, lambda *all_: said.extend(all_)
            )
            content = b"".join(body)
            if hasattr(body, "close"):
                body.close()
        for name, value in said[1]:
            if name == "Set-Cookie":
                self.cookies.load(value)
        return Answer(int(said[0][:3]), dict(said[1]), content)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={each.value}" for name, each in self.cookies.items())


@contextmanager
def _one_connection() -> Iterator[None]:
    """The connection holds the transaction of the test: Django's test client keeps it open too."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _environ(path: str, headers: dict[str, str], cookie: str) -> dict[str, Any]:
    address, _, query = path.partition("?")
    sent = {"Host": "localhost", **({"Cookie": cookie} if cookie else {}), **headers}
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.items()},
    }


def only(view: Callable[[HttpRequest], HttpResponse]) -> Application:
    """``view`` with nothing of Django around it but what cuts public pages."""

    def application(environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        request = WSGIRequest(environ)
        request.session = SessionStore()
        response = PublicPages(view)(request)
        cookies = [("Set-Cookie", each.output(header="")) for each in response.cookies.values()]
        begin(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return response

    return application
