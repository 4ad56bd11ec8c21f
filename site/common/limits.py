"""How often one network address may do something, counted in the cache that all processes share."""

import time
from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

WINDOW_SECONDS = 600


def count(request: HttpRequest, what: str) -> int:
    """Count one more; returns how many so far in this window.

    An approximate count is enough: it slows robots down.
    """
    total = counted(request, what) + 1
    cache.set(_key(request, what), total, WINDOW_SECONDS)
    return total


def count_text(text: str, what: str, *, seconds: int, times: int = 1) -> int:
    """Count ``times`` more for ``text``, of which the cache keeps a digest; how many in ``seconds``."""
    digest = salted_hmac("escale.limits", text).hexdigest()[:32]
    key = f"{what}:{digest}:{window(seconds)}"
    total = int(cache.get(key, 0)) + times
    cache.set(key, total, seconds)
    return total


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
