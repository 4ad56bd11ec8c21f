"""Every address of the site, from the resolver, by the name under which the access matrix declares it."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLResolver, get_resolver, reverse

from tests.access_wagtail import PATHS, kwargs_for
from tests.access_world import Place

THEIRS = ("wagtail", "account", "mfa", "socialaccount", "openid")


@cache
def addresses() -> dict[str, frozenset[str]]:
    """Each with its parameters, by name: by route where there is no name, or two share one."""
    found = list(_walk(get_resolver(), (), "", frozenset()))
    shared = Counter(name for name, _route, _parameters in found)
    return {
        name if name and shared[name] == 1 and not name.endswith(":") else route: parameters
        for name, route, parameters in found
    }


def address(name: str, place: Place) -> str:
    """The address of the view ``name``, for the things of ``place``."""
    if name in PATHS:
        return PATHS[name]
    if name == "wagtail_serve":
        return reverse(name, args=[f"{place.page.slug}/"])
    if name == "wagtaildocs_serve":
        return reverse(name, args=[place.things.document.pk, place.things.document.filename])
    known = place.kwargs_of(name) if _is_ours(name) else kwargs_for(name, place)
    return reverse(name, kwargs={key: known[key] for key in addresses()[name]})


def _is_ours(name: str) -> bool:
    return not name.startswith(THEIRS)


def _walk(
    resolver: URLResolver, spaces: tuple[str, ...], prefix: str, names: frozenset[str]
) -> Iterator[tuple[str, str, frozenset[str]]]:
    for pattern in resolver.url_patterns:
        route, inside = f"{prefix}{pattern.pattern}", names | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, inner, route, inside)
        else:
            yield ":".join((*spaces, pattern.name or "")), route, inside


def answer(response: Any) -> str:
    target = response.get("Location", "")
    if target.startswith(("/compte/login/", "/admin/login/")):
        return "login"
    return "home" if response.status_code == 302 and target == "/admin/" else str(response.status_code)
