"""A real mail server on loopback that does what a test tells it to, step by step."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from django.utils import timezone

from events.domain import outbox
from events.models import Message
from tests.clock import clock  # noqa: F401  a fixture
from tests.processes import free_port

Queue = Callable[..., Message]


class Server(SMTP):
    """The lines of one conversation; ``script`` says what happens at which."""

    script: "Script"

    def connection_made(self, transport: Any) -> None:
        self.script.lines_opened += 1
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        if self.script.greeting is not None:
            self.transport.write(self.script.greeting)
            self.transport.close()
            return
        await super()._handle_client()


class Script:
    """What the server answers; ``received`` is what it took."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.replies: dict[str, list[str]] = {}
        self.silent_at = ""
        self.cut_after_data = 0
        self.per_line = 0  # messages that one line may carry; 0: any number
        self.greeting: bytes | None = None
        self.lines_opened = 0
        self.carried: dict[int, int] = {}

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.received]

    async def handle_MAIL(  # noqa: N802 aiosmtpd's names
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.per_line and self.carried.get(id(session), 0) >= self.per_line:
            server.transport.abort()
        envelope.mail_from = address
        return await self._answer("MAIL")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        reply = await self._answer(address if address in self.replies else "RCPT")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        reply = await self._answer("DATA")
        if reply.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
            self.carried[id(session)] = self.carried.get(id(session), 0) + 1
        if self.cut_after_data:
            self.cut_after_data -= 1
            server.transport.abort()
        return reply

    async def _answer(self, step: str) -> str:
        while self.silent_at == step:  # noqa: ASYNC110 told from another thread
            await asyncio.sleep(0.02)
        replies = self.replies.get(step, [])
        return replies.pop(0) if len(replies) > 1 else replies[0] if replies else "250 OK"


class Hostile(Controller):
    def factory(self) -> SMTP:
        server = Server(self.handler, **self.SMTP_kwargs)
        server.script = self.handler
        return server


def _serve(settings: Any, **how: Any) -> tuple[Script, Hostile]:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's own lines
    script = Script()
    controller = Hostile(script, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    script.lines_opened = 0  # it tried itself
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    return script, controller


@pytest.fixture
def server(settings: Any) -> Iterator[Script]:
    script, controller = _serve(settings)
    yield script
    script.silent_at = ""
    controller.stop()


@pytest.fixture
def refusing_login(settings: Any) -> Iterator[Script]:
    def refuse(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    script, controller = _serve(settings, authenticator=refuse, auth_require_tls=False)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "escale", "faux"
    yield script
    controller.stop()


@pytest.fixture
def queue() -> Queue:
    def write(key: str = "clé", **fields: Any) -> Message:
        defaults = {"recipient": "camille@example.org", "subject": "Séance", "body": "Bonjour Zoé,\n"}
        message = outbox.queue(key=key, kind="essai", **(defaults | fields))
        assert message is not None
        return message

    return write


def again() -> None:
    """The clock has passed the next tries."""
    Message.objects.filter(state=Message.State.QUEUED).update(next_try_at=timezone.now())
