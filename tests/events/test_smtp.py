"""Delivery against a real SMTP server: it accepts, refuses, cuts the line, stalls; workers die."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from events.domain import delivery, outbox
from events.models import Message
from tests import databases
from tests.processes import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
State = Message.State
TASKS_BACKEND = "django_tasks_db.DatabaseBackend"


class Server:
    """What the server answers, and what it received. ``stalls`` makes it silent in mid-message."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.reply = "250 OK"
        self.cuts = False
        self.stalls = False
        self.asked = 0

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.asked += 1
        if self.cuts:
            server.transport.abort()
        if not self.reply.startswith("250"):
            return self.reply.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        while self.stalls:  # noqa: ASYNC110 told from another thread
            await asyncio.sleep(0.02)
        self.received.append(message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.received]


@pytest.fixture
def server(settings) -> Iterator[Server]:
    port = free_port()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the server's own lines
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    yield handler
    handler.stalls = False
    controller.stop()


@pytest.fixture
def worker(settings, server) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command (``run_due``) in a process of its own, on the database of the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str, command: str = "run_due") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", command, *args],
            cwd=databases.ROOT,
            env={
                **os.environ,
                "DATABASE_URL": databases.url(connection.settings_dict),
                "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
                "TASKS_BACKEND": TASKS_BACKEND,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def queue(key: str = "clé", **fields: Any) -> Message:
    defaults = {"recipient": "camille@example.org", "subject": "Séance à 19 h", "body": "Bonjour Zoé,\n"}
    message = outbox.queue(key=key, kind="essai", **(defaults | fields))
    assert message is not None
    return message


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120  # a busy machine starts a process slowly
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_accepted_message_is_sent_with_its_accents_and_its_invitation(server):
    message = queue(calendar="BEGIN:VCALENDAR\r\nSUMMARY:été\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST")
    assert outbox.deliver_due() == 1
    message.refresh_from_db()
    assert message.state == State.SENT
    [mail] = server.received
    parts = [part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()]
    assert parts[0] == "Bonjour Zoé,\r\n"
    assert ["SUMMARY:été" in part for part in parts] == [False, True, True]


@pytest.mark.parametrize(
    ("reply", "state", "error"),
    [
        ("450 4.2.0 <{}> greylisted", State.QUEUED, "SMTPRecipientsRefused 450"),
        ("550 5.1.1 <{}> unknown", State.FAILED, "SMTPRecipientsRefused 550"),
    ],
)
def test_a_refusal_is_retried_or_final_and_names_nobody(server, caplog, reply, state, error):
    server.reply = reply
    message = queue()
    assert outbox.deliver_due() == 0
    message.refresh_from_db()
    assert (message.state, message.last_error) == (state, error)
    assert "camille" not in caplog.text


def test_a_cut_connection_is_tried_again_and_arrives(server):
    server.cuts = True
    message = queue()
    assert outbox.deliver_due() == 0
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.QUEUED, "SMTPServerDisconnected")
    server.cuts = False
    Message.objects.update(next_try_at=timezone.now())
    assert outbox.deliver_due() == 1
    assert len(server.received) == 1


def test_a_server_that_is_down_costs_no_message(server, settings):
    settings.EMAIL_PORT = free_port()
    for i in range(6):
        queue(f"{i}")
    assert outbox.deliver_due() == 0
    assert Message.objects.filter(state=State.QUEUED).count() == 6
    assert set(Message.objects.exclude(last_error="").values_list("last_error", flat=True)) == {
        "ConnectionRefusedError"
    }


def test_a_server_that_never_answers_is_not_waited_for_without_end(server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    server.stalls = True
    queue()
    assert outbox.deliver_due() == 0
    assert Message.objects.get().state == State.QUEUED


def test_the_task_worker_is_woken_by_the_commit(server, worker, settings):
    settings.TASKS = {"default": {"BACKEND": TASKS_BACKEND, "QUEUES": ["default"]}}
    queue()
    process = worker("--batch", "--no-startup-delay", "--no-reload", command="db_worker")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert Message.objects.get().state == State.SENT
    assert "camille" not in out + err


def test_two_workers_send_each_message_once(server, worker):
    for i in range(30):
        queue(f"{i}")
    server.stalls = True
    workers = [worker(), worker()]
    eventually(lambda: server.asked == 2)  # both are at work
    server.stalls = False
    for each in workers:
        out, err = each.communicate(timeout=120)
        assert each.returncode == 0, err
        assert out.startswith("run_due, ")
        assert "camille" not in out + err
    assert len(server.ids) == len(set(server.ids)) == 30
    assert Message.objects.filter(state=State.SENT, attempts=1).count() == 30


def test_the_message_of_a_killed_worker_is_sent_once_its_time_is_over(server, worker):
    server.stalls = True
    message = queue()
    process = worker()
    eventually(lambda: server.asked == 1)
    process.kill()
    process.communicate()
    server.stalls = False
    message.refresh_from_db()
    assert message.state == State.SENDING
    assert outbox.deliver_due() == 0
    assert outbox.deliver_due(now=timezone.now() + delivery.LOCK) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)
    assert len(set(server.ids)) == 1  # a duplicate, at most, which its Message-ID gives away


def test_run_due_forever_sends_and_ends_promptly_when_told(server, worker):
    queue()
    process = worker("--forever")
    eventually(lambda: len(server.received) == 1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)  # half of its pause
    assert process.returncode == 0, err
    assert "messages envoyés : 1" in out
