"""Each kind of answer, the refused and the broken ones too, says what a browser may do with it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from common import limits
from members.models import User
from tests import databases, factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
YEAR = 31_536_000
PARTS = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'")
ELSEWHERE = ("framed", "picture", "interface")


@pytest.fixture(autouse=True)
def _https(settings) -> None:
    settings.SECURE_SSL_REDIRECT = settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECOND_FACTOR_REQUIRED = False


def visit(path: str, *, user: User | None = None, post: dict[str, str] | None = None, **extra: Any) -> Any:
    client = Client(raise_request_exception=False, enforce_csrf_checks=bool(extra.pop("csrf", False)))
    if user:
        client.force_login(user)
    if post is not None:
        return client.post(path, post, secure=True, **extra)
    return client.get(path, secure=True, **extra)


def broken(*_: Any, **__: Any) -> None:
    raise ValueError("cassé")


def away(*_: Any, **__: Any) -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorname = "SQLITE_BUSY"  # type: ignore[attr-defined]
    raise OperationalError from busy


def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, Callable[[], HttpResponse]]]:
    session = factories.make_session()
    admin = factories.make_admin()
    slug = session.activity.organisation.slug

    def with_view(error: Callable[..., None]) -> HttpResponse:
        with monkeypatch.context() as patch:
            patch.setattr("events.views.registration.read_registration_token", error)
            return visit("/inscriptions/x/")

    def too_many() -> HttpResponse:
        with monkeypatch.context() as patch:
            patch.setattr(limits, "DOCUMENTS", 0)
            return visit("/attestations/pdf/x/")

    return {
        "calendar": (200, lambda: visit("/calendrier/")),
        "session": (200, lambda: visit(f"/sessions/{session.pk}/")),
        "refused form": (422, lambda: visit(f"/sessions/{session.pk}/inscription/", post={})),
        "sign in": (200, lambda: visit("/compte/login/")),
        "own space": (200, lambda: visit("/mon-espace/", user=admin)),
        "administration": (200, lambda: visit("/admin/", user=admin)),
        "feed": (200, lambda: visit(f"/sessions/{session.pk}/session.ics")),
        "picture": (200, lambda: visit(f"/sessions/{session.pk}/partage.png")),
        "framed": (200, lambda: visit(f"/integrer/{slug}/")),
        "interface": (200, lambda: visit("/api/v1/sessions/")),
        "redirection": (302, lambda: visit("/mon-espace/")),
        "wrong host": (400, lambda: visit("/calendrier/", HTTP_HOST="evil.example.org")),
        "unreadable": (400, lambda: visit(f"/admin/pages/{session.activity_id}/edit/", user=admin, post={})),
        "form without token": (
            403,
            lambda: visit(f"/sessions/{session.pk}/inscription/", post={}, csrf=True),
        ),
        "unknown": (404, lambda: visit("/rien/ici/")),
        "wrong method": (405, lambda: visit("/calendrier/", post={})),
        "too long": (413, lambda: visit("/attestations/fichier/", post={"fichier": "x" * 30_000_000})),
        "too many": (429, too_many),
        "broken": (500, lambda: with_view(broken)),
        "database away": (503, lambda: with_view(away)),
    }


def wrong(name: str, response: HttpResponse) -> list[str]:
    said, told = response.headers, []
    policy = said.get("Content-Security-Policy", "")
    told += [f"no {part}" for part in PARTS if part not in policy]
    if "unsafe" in policy.replace("style-src 'self' 'unsafe-inline'", "") or (
        "unsafe" in policy and name not in ("administration", "unreadable")
    ):
        told.append(f"lets inline code in: {policy}")
    framed = name == "framed"
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if name in ELSEWHERE else "same-origin",
        "X-Frame-Options": None if framed else "SAMEORIGIN",
        "Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains; preload",
    }
    told += [f"{key}: {said.get(key)}" for key, value in expected.items() if said.get(key) != value]
    if f"frame-ancestors {'*' if framed else chr(39) + 'self' + chr(39)}" not in policy:
        told.append("framed by others")
    told += [key for key in ("Permissions-Policy", "Content-Type") if key not in said and response.content]
    told += [f"{key} tells the version" for key in ("Server", "X-Powered-By") if key in said]
    kind = said.get("Content-Type", "").lower()
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        told.append(f"no charset: {said['Content-Type']}")
    for cookie in response.cookies.values():
        if not (cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"):
            told.append(f"cookie {cookie.output()}")
    return told


def test_each_kind_of_answer_has_all_the_headers(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.SECURE_HSTS_PRELOAD = True
    told = []
    for name, (status, ask) in answers(monkeypatch).items():
        response = ask()
        if response.status_code != status:
            told.append(f"{name}: {response.status_code}, not {status}")
        if response.streaming:
            response.content = b"".join(response)  # type: ignore[attr-defined]
        told += [f"{name}: {each}" for each in wrong(name, response)]
    assert not told, "\n".join(told)


def test_a_wrong_method_is_answered_with_a_page_in_french() -> None:
    page = visit("/calendrier/", post={})
    assert page.headers["Allow"]
    assert "revenez à la page précédente" in page.content.decode()


def test_cookies_belong_to_this_very_host() -> None:
    """As a browser is told over HTTPS: prefixed, so that no neighbour of the host may set them."""
    told = "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    code = f"from django.conf import settings as s; {told}"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "BASE_URL": "https://escale.example.org",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        cwd=databases.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]


@pytest.mark.parametrize(
    "host", ["evil.example.org", "localhost.evil.example.org", "localhost:8000@evil.example.org"]
)
def test_another_host_is_refused(host: str) -> None:
    page = visit("/calendrier/", HTTP_HOST=host)
    assert page.status_code == 400
    assert host not in page.content.decode()


def test_nobody_chooses_the_host_of_a_link_by_a_header() -> None:
    page = visit("/calendrier/", headers={"x-forwarded-host": "evil.example.org"})
    assert "evil.example.org" not in page.content.decode()
