"""The servers that stand before Escale, as docs/deploiement says to set them up, hide and forge nothing."""

import re
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.one_engine
DOCS = Path(__file__).resolve().parents[2] / "docs" / "deploiement"
SECRET = re.compile(r"<str:(token|number)>")


def secret_addresses() -> set[str]:
    """Each of our addresses that holds what opens something, with a word in its place."""
    found = set()

    def walk(patterns: list[URLPattern | URLResolver], above: str) -> None:
        for each in patterns:
            route = above + str(each.pattern)
            if isinstance(each, URLResolver):
                walk(each.url_patterns, route)
            elif SECRET.search(route) and not route.startswith("admin/"):  # those ask who is there
                found.add("/" + re.sub(r"<[^>]+>", "secret", route))

    walk(get_resolver().url_patterns, "")
    return found


def test_no_address_that_opens_something_enters_the_log_of_nginx() -> None:
    told = re.findall(r"^\s*~(\S+) 0;$", (DOCS / "nginx.conf").read_text(), re.MULTILINE)
    addresses = secret_addresses()
    assert len(addresses) >= 10
    assert not {one for one in addresses if not any(re.search(hidden, one) for hidden in told)}


def test_visitors_do_not_choose_the_number_of_their_request() -> None:
    """Else two requests in our log could be made to look like one."""
    assert "proxy_set_header X-Request-ID $request_id;" in (DOCS / "nginx.conf").read_text()
    assert "header_up X-Request-ID {http.request.uuid}" in (DOCS / "Caddyfile").read_text()


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_visitors_do_not_choose_their_address_nor_ours(name: str) -> None:
    said = (DOCS / name).read_text()
    for header in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded"):
        assert re.search(rf"(proxy_set_header|header_up) -?{header}\b", said), header
