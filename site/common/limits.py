"""How often one network address may do something, counted in the cache that all processes share.

Redis counts by itself. Files are read, then written: processes that did so at once would count one for
two, so they take turns at a lock beside them.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Concatenate, ParamSpec
from zlib import crc32

from allauth.account.adapter import get_adapter
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.filebased import FileBasedCache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac

P = ParamSpec("P")
WINDOW_SECONDS = 600
LOCKS = 16  # strangers to each other rarely wait
# A document costs as much as fifty pages. A hospital of two hundred may fetch theirs in ten minutes.
DOCUMENTS = 400


def count(request: HttpRequest, what: str) -> int:
    """Count one more; returns how many so far in this window."""
    return _more(_key(request, what), 1, WINDOW_SECONDS)


def count_text(text: str, what: str, *, seconds: int, times: int = 1) -> int:
    """Count ``times`` more for ``text``, of which the cache keeps a digest; how many in ``seconds``."""
    digest = salted_hmac("escale.limits", text).hexdigest()[:32]
    return _more(f"{what}:{digest}:{window(seconds)}", times, seconds)


def count_here(request: HttpRequest, text: str, what: str, *, seconds: int) -> int:
    """As ``count_text``, of one network address: a stranger's tries leave the owner of an address theirs."""
    return count_text(f"{_place(get_adapter().get_client_ip(request))} {text}", what, seconds=seconds)


def few_documents(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The decorated view makes a document each time: one network address may have so many in ten minutes."""

    @wraps(view)
    def limited(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if count(request, "documents") > DOCUMENTS:
            return too_many(request)
        return view(request, *args, **kwargs)

    return limited


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", {"minutes": WINDOW_SECONDS // 60}, status=429)
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def window(seconds: int) -> int:
    """The number of the stretch of time that counts together."""
    return int(time.time() // seconds)


def counted(request: HttpRequest, what: str) -> int:
    return int(cache.get(_key(request, what), 0))


def _key(request: HttpRequest, what: str) -> str:
    place = _place(get_adapter().get_client_ip(request))
    return f"{what}:{place}:{window(WINDOW_SECONDS)}"


def _place(address: str) -> str:
    """Whoever has one IPv6 address has 2⁶⁴ of them: they count as one."""
    ip = ip_address(address)
    return f"{int(ip) >> 64:x}" if isinstance(ip, IPv6Address) and not ip.ipv4_mapped else address


def _more(key: str, times: int, seconds: int) -> int:
    backend = caches["default"]
    if isinstance(backend, FileBasedCache | DatabaseCache):
        with _turn(backend, key):
            total = int(cache.get(key, 0)) + times
            cache.set(key, total, seconds)
            return total
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key, times))
    except ValueError:  # forgotten between the two, or a cache that keeps nothing
        cache.set(key, times, seconds)
        return times


@contextmanager
def _turn(backend: FileBasedCache | DatabaseCache, key: str) -> Iterator[None]:
    """One process at a time; a disk that refuses even this lets everybody count, a little too low."""
    directory = getattr(backend, "_dir", None)
    try:
        folder = Path(str(directory)) if directory else None
        if folder:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / f"limits-{crc32(key.encode()) % LOCKS}.lock").open("a") if folder else None
    except OSError:
        file = None
    if file is None:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
