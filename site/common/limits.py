"""How often one network address may do something, counted in the cache that all processes share.

Redis counts by itself; beside a cache of files, the numbers have files of their own (``common.counters``).
"""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.core.cache import cache, caches
from django.core.cache.backends.filebased import FileBasedCache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from common.counters import count_in_file, counted_in_file
from common.patient_cache import tell

P = ParamSpec("P")
WINDOW_SECONDS = 600
# A document costs as much as fifty pages. A hospital of two hundred may fetch theirs in ten minutes.
DOCUMENTS = 400


def count(request: HttpRequest, what: str) -> int:
    """Count one more; returns how many so far in this window."""
    return _count(_name(request, what), times=1, seconds=WINDOW_SECONDS)


def count_text(text: str, what: str, *, seconds: int, times: int = 1) -> int:
    """Count ``times`` more for ``text``, of which the cache keeps a digest; how many in ``seconds``."""
    digest = salted_hmac("escale.limits", text).hexdigest()[:32]
    return _count(f"{what}:{digest}", times=times, seconds=seconds)


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
    name, number = _name(request, what), window(WINDOW_SECONDS)
    folder = _folder()
    if folder is None:
        return int(cache.get(f"{name}:{number}", 0))
    try:
        return counted_in_file(folder, name, seconds=WINDOW_SECONDS, window=number)
    except OSError:
        return 0


def _name(request: HttpRequest, what: str) -> str:
    return f"{what}:{_place(get_adapter().get_client_ip(request))}"


def _place(address: str) -> str:
    """Whoever has one IPv6 address has 2⁶⁴ of them: they count as one."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{int(ip) >> 64:x}"
    return address


def _count(name: str, *, times: int, seconds: int) -> int:
    folder = _folder()
    if folder is None:
        return _count_in_cache(f"{name}:{window(seconds)}", times, seconds)
    try:
        return count_in_file(folder, name, times=times, seconds=seconds, window=window(seconds))
    except OSError as error:  # a disk that refuses lets people in
        tell(error)
        return times


def _count_in_cache(key: str, times: int, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key, times))
    except ValueError:  # forgotten between the two, or a cache that keeps nothing
        cache.set(key, times, seconds)
        return times


def _folder() -> Path | None:
    """Where the cache of files is, if it is one."""
    backend = caches["default"]
    return Path(backend._dir) if isinstance(backend, FileBasedCache) else None  # type: ignore[attr-defined]
