"""The headers that say what a page may do."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from common.policy import ContentPolicy, framed_anywhere
from tests.factories import make_admin, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def policy(response: HttpResponse) -> dict[str, str]:
    header = response.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("path", ["/calendrier/", "/compte/login/", "/rien-ici/", "/attestations/"])
def test_a_public_page_loads_and_runs_nothing_but_our_files(path: str) -> None:
    response = Client().get(path)
    said = policy(response)
    assert said["default-src"] == "'self'"
    assert said["object-src"] == "'none'"
    assert said["base-uri"] == "'none'"
    assert said["form-action"] == said["frame-ancestors"] == "'self'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_the_administration_runs_no_inline_script(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(make_admin())
    response = client.get("/admin/")
    said = policy(response)
    assert said["style-src"] == "'self' 'unsafe-inline'"
    assert "unsafe" not in said.get("script-src", said["default-src"])
    assert "<script>" not in response.content.decode()


def test_only_a_page_that_says_so_is_framed_elsewhere() -> None:
    def page(_: HttpRequest) -> HttpResponse:
        return HttpResponse("liste")

    for view, ancestors in ((page, "'self'"), (framed_anywhere(page), "*")):
        request = RequestFactory().get("/integrer/cpts/")
        assert policy(ContentPolicy(view)(request))["frame-ancestors"] == ancestors
    assert framed_anywhere(page)(RequestFactory().get("/")).xframe_options_exempt


def test_text_is_compressed_and_nothing_else() -> None:
    session = make_session()
    client = Client(headers={"accept-encoding": "gzip"})
    assert client.get(f"/sessions/{session.pk}/").headers["Content-Encoding"] == "gzip"
    image = client.get(f"/sessions/{session.pk}/partage.png")
    assert "Content-Encoding" not in image.headers


@override_settings(DEBUG=False)
def test_an_error_page_has_the_policy_too() -> None:
    assert policy(Client().get("/rien/"))["default-src"] == "'self'"
