"""Public pages served again before Django begins, to visitors without a session cookie.

An answer is found by all that Django looked at when it gave it: scheme, host, path, query, the headers of
htmx, word for word as the server handed them on. So a host that Django refuses, an address that it sends
elsewhere and a page that it never made are still its affair. It is served under the generation that was
asked before it was made (``common.page_generation``): right within a second of any change.
``common.page_cache`` decides what may be kept and cuts out the tokens; here each visitor gets their own, and
its cookie (``common.fresh_tokens``).

In memory, in each process, as it leaves: nothing is unpickled, compressed or looked up for a visitor.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest, get_str_from_wsgi
from django.http import parse_cookie
from django.utils.cache import get_conditional_response

from common.compression import ACCEPTED, spliced
from common.fresh_tokens import cookie_of, token_of, visitors_secret
from common.page_cache import ASKED, CUT, HTMX, HTMX_SENT, NOT_FOR_ALL, Cut
from common.page_generation import generation

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Begin = Callable[..., Any]
Application = Callable[[Environ, Begin], Iterable[bytes]]
Key = tuple[str, ...]

LONGEST_KEY = 2_000
# What an entry costs beside its letters, about: a small page under many addresses is no small matter.
ENTRY = 2_000
# Said anew for each visitor.
OWN = {"content-length", "content-encoding", "etag", "set-cookie"}
CONTENT = {"content-type", "content-disposition", "content-language"}
LOOKED_AT = {"cookie", "accept-encoding", *(name.lower() for name in HTMX)}
OK = "200 OK"


@dataclass(frozen=True, slots=True)
class Kept:
    """``plain`` and ``packed``: whole where nobody's token stands between the parts."""

    cut: Cut
    headers: Headers
    word: str
    until: float
    plain: bytes
    packed: bytes

    @property
    def weight(self) -> int:
        said = sum(len(name) + len(value) for name, value in self.headers)
        return ENTRY + said + sum(map(len, (*self.cut.parts, *self.cut.blocks, self.plain, self.packed)))


@dataclass
class Store:
    """The answers served last, ``most`` bytes of them."""

    most: int
    weight: int = 0
    answers: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Key, word: str) -> Kept | None:
        with self.lock:
            kept = self.answers.get(key)
            if kept is None:
                return None
            if kept.word == word and monotonic() < kept.until:
                self.answers.move_to_end(key)
                return kept
            self._drop(key)
            return None

    def put(self, key: Key, kept: Kept) -> None:
        with self.lock:
            if key in self.answers:
                self._drop(key)
            self.answers[key] = kept
            self.weight += _weight(key, kept)
            while self.weight > self.most:
                self._drop(next(iter(self.answers)))

    def clear(self) -> None:
        with self.lock:
            self.answers.clear()
            self.weight = 0

    def _drop(self, key: Key) -> None:
        self.weight -= _weight(key, self.answers.pop(key))


class KeptPages:
    """Around Django's application (``config.wsgi``); what is not kept passes as if nothing were here."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.store = Store(settings.KEPT_PAGES_MB * 1_000_000)
        self.looked_at = _looked_at()

    def __call__(self, environ: Environ, begin: Begin) -> Iterable[bytes]:
        cookies = _cookies(environ)
        key = tuple(environ.get(name, "") for name in self.looked_at)
        if not self._may_be_kept(environ, cookies) or sum(map(len, key)) > LONGEST_KEY:
            return self.application(environ, begin)
        word = generation()
        kept = self.store.get(key, word)
        if kept is not None:
            environ["escale.route"] = "(kept)"  # for common.watching
            return self._again(kept, environ, cookies, begin)
        return self._made(key, word, environ, begin)

    def _may_be_kept(self, environ: Environ, cookies: dict[str, str]) -> bool:
        return (
            self.store.most > 0
            and environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and settings.SESSION_COOKIE_NAME not in cookies
            and "HTTP_AUTHORIZATION" not in environ
            and "HTTP_HOST" in environ
        )

    def _made(self, key: Key, word: str, environ: Environ, begin: Begin) -> Iterable[bytes]:
        said: list[Any] = []

        def noting(status: str, headers: Headers, *error: Any) -> Any:
            said[:] = status, headers
            return begin(status, headers, *error)

        environ[ASKED] = True
        body = self.application(environ, noting)
        cut = environ.get(CUT)
        if cut is not None and environ["REQUEST_METHOD"] == "GET" and _is_for_all(*said):
            self.store.put(key, _kept(cut, said[1], word))
        return body

    def _again(self, kept: Kept, environ: Environ, cookies: dict[str, str], begin: Begin) -> Iterable[bytes]:
        short = bool(kept.cut.blocks) and bool(ACCEPTED.search(environ.get("HTTP_ACCEPT_ENCODING", "")))
        headers = list(kept.headers)
        if etag := kept.cut.etag:
            headers.append(("ETag", _weak(etag) if short else etag))
            # A calendar that holds this very answer asks every hour.
            known = get_conditional_response(WSGIRequest(environ), etag=etag)
            if known is not None:
                begin(f"{known.status_code} {known.reason_phrase}", _without(headers, CONTENT))
                return []
        token = b""
        if len(kept.cut.parts) > 1:
            secret = visitors_secret(cookies)
            token = token_of(secret)
            headers.append(("Set-Cookie", cookie_of(secret)))
        if short:
            body = kept.packed or spliced(kept.cut.parts, kept.cut.blocks, token)
            headers.append(("Content-Encoding", "gzip"))
        else:
            body = kept.plain or token.join(kept.cut.parts)
        headers.append(("Content-Length", str(len(body))))
        begin(OK, headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []


def _looked_at() -> tuple[str, ...]:
    """What of a request tells the scheme, the host and the address, under these settings."""
    scheme: tuple[str, str] | None = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    proxy = [scheme[0]] if scheme else []
    proxy += ["HTTP_X_FORWARDED_HOST"] if settings.USE_X_FORWARDED_HOST else []
    proxy += ["HTTP_X_FORWARDED_PORT"] if settings.USE_X_FORWARDED_PORT else []
    place = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return (*place, *HTMX_SENT, *proxy)


def _cookies(environ: Environ) -> dict[str, str]:
    if "HTTP_COOKIE" not in environ:
        return {}
    return parse_cookie(get_str_from_wsgi(environ, "HTTP_COOKIE", ""))


def _is_for_all(status: str, headers: Headers) -> bool:
    """Once more, as it leaves: what is outside of ``common.page_cache`` may have had its say."""
    return status == OK and not any(
        (name == "Set-Cookie" and not value.strip().startswith(f"{settings.CSRF_COOKIE_NAME}="))
        or (name == "Cache-Control" and NOT_FOR_ALL.search(value))
        or (name == "Vary" and not {each.strip().lower() for each in value.split(",")} <= LOOKED_AT)
        for name, value in headers
    )


def _weight(key: Key, kept: Kept) -> int:
    return kept.weight + sum(map(len, key))


def _kept(cut: Cut, headers: Headers, word: str) -> Kept:
    whole = len(cut.parts) == 1
    return Kept(
        cut=cut,
        headers=_without(headers, OWN),
        word=word,
        until=monotonic() + cut.seconds,
        plain=cut.parts[0] if whole else b"",
        packed=spliced(cut.parts, cut.blocks, b"") if whole and cut.blocks else b"",
    )


def _without(headers: Headers, names: set[str]) -> Headers:
    return [each for each in headers if each[0].lower() not in names]


def _weak(etag: str) -> str:
    """The same answer, not the same bytes."""
    return f"W/{etag}" if etag.startswith('"') else etag
