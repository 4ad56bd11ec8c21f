"""How long an address takes to be answered, by what it is: known or not must not show."""

import statistics
import time
from typing import Any

from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_user
from tests.processes import free_port

RUNS = 40
PASSWORD = "Une-escale-2026!"
KINDS = ("inconnue", "confirmée", "inscrite", "fermée", "effacée")
ASKS = (
    ("code", "account_request_login_code", "email", {}),
    ("compte", "account_signup", "email", {}),
    ("oubli", "account_reset_password", "email", {}),
    ("mot de passe", "account_login", "login", {"password": "Pas-le-bon-2026!"}),
)


class Sink:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return "250 OK"


def accounts() -> list[str]:
    """Medians, in milliseconds, taken by turns; mails leave to a real SMTP server."""
    sink = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    try:
        return [_line(*asked) for asked in ASKS]
    finally:
        sink.stop()


def _line(title: str, name: str, field: str, more: dict[str, str]) -> str:
    spans: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for run in range(RUNS if not more else RUNS // 4):
        for kind in KINDS:
            email = _address(kind, f"{title[0]}{run}", PASSWORD if more else None)
            spans[kind].append(_ask(reverse(name), {field: email, **more}))
    told = ", ".join(f"{kind} {statistics.median(taken) * 1000:.1f}" for kind, taken in spans.items())
    return f"{title} : {told} ms"


def _ask(url: str, data: dict[str, str]) -> float:
    cache.clear()
    client = Client()
    client.get(url)
    begin = time.perf_counter()
    client.post(url, data)
    return time.perf_counter() - begin


def _address(kind: str, mark: str, password: str | None) -> str:
    email = f"{mark}.{KINDS.index(kind)}.{time.time_ns()}@example.org".lower()
    if kind == "inconnue":
        return email
    closed = kind in ("fermée", "effacée")
    user = make_user(email=email, is_active=not closed, password=password)
    if kind == "effacée":
        type(user).objects.filter(pk=user.pk).update(erased_at=timezone.now())
    if kind != "inscrite":
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return email
