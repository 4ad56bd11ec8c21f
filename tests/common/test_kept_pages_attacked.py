"""What somebody may try who wants a kept page to hold, cost or show more than it should."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import Client
from django.utils.cache import patch_vary_headers

from common import page_generation
from common.kept_pages import KeptPages
from common.public import public_page
from tests.common.test_page_cache import TOKEN
from tests.factories import make_session
from tests.visitor import Visitor, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> KeptPages:
    page_generation.renew()
    return KeptPages(WSGIHandler())


@pytest.mark.parametrize("written", [str, lambda token: "".join(f"%{ord(each):02x}" for each in token)])
def test_a_token_in_the_address_gives_nobody_a_page_with_theirs_in_its_place(written, site) -> None:
    """The address would be cut as a token is, and the next visitor's own would stand in links and fields."""
    session = make_session()
    attacker, victim = Visitor(site), Visitor(site)
    token = TOKEN.findall(attacker.get(f"/sessions/{session.pk}/").text)[0]
    trap = f"/recherche/?q={written(token)}"
    assert token in attacker.get(trap).text
    assert token in victim.get(trap).text


@pytest.mark.parametrize("header", ["Accept", "Accept-Language", "User-Agent", "*"])
def test_what_depends_on_more_than_we_look_at_is_not_kept(header: str) -> None:
    def answer(_request: object) -> HttpResponse:
        response = HttpResponse("Bonjour")
        patch_vary_headers(response, (header,))
        return response

    kept = KeptPages(only(public_page(answer)))
    Visitor(kept).get("/quelque/part/")
    assert not kept.store.answers


def test_small_pages_under_long_addresses_cost_what_they_cost(settings) -> None:
    """« robots.txt?1 », « ?2 »… weigh little, and their addresses and headers a lot."""
    settings.KEPT_PAGES_MB = 1
    small = KeptPages(only(public_page(lambda _: HttpResponse("ok", headers={"X-Long": "x" * 1_000}))))
    for number in range(600):
        Visitor(small).get(f"/robots.txt?{number}{'a b ' * 400}")
    held = sum(
        sum(map(len, key)) + sum(len(name) + len(value) for name, value in kept.headers)
        for key, kept in small.store.answers.items()
    )
    assert 0 < held < 1_000_000
    assert len(small.store.answers) < 400


@pytest.mark.parametrize("name", ["HX-Request", "HX-Boosted", "Host"])
def test_a_header_of_many_letters_is_not_remembered(name: str) -> None:
    kept = KeptPages(only(public_page(lambda _: HttpResponse("ok"))))
    Visitor(kept).get("/robots.txt", {name: "a" * 5_000})
    assert not kept.store.answers


@pytest.mark.parametrize(
    "cookie",
    [
        "sessionid",
        "sessionid=",
        " sessionid = x",
        '"sessionid"=x; sessionid="',
        "a=b; sessionid=\xff",
        ";;=;",
    ],
)
def test_odd_cookies_read_as_django_reads_them(cookie: str, site: KeptPages) -> None:
    path = f"/sessions/{make_session().pk}/"
    for _ in range(2):
        answer = Visitor(site).get(path, {"Cookie": cookie})
        assert answer.status == 200
        assert len(TOKEN.findall(answer.text)) > 0
    assert Client().get(path).status_code == 200
