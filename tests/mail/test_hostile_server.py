"""Refused, cut, silent, greylisted, poisoned, away for hours: nothing is lost and nothing stops the queue."""

import smtplib
from collections import Counter
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import transaction
from django.utils import timezone

from events.domain import delivery, mails, outbox, survey_mails
from events.models import Message
from tests.clock import Clock
from tests.mail.conftest import Queue, Script, again
from tests.processes import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
State = Message.State


def states() -> dict[str, int]:
    return dict(Counter(Message.objects.values_list("state", flat=True)))


def errors() -> set[str]:
    return set(Message.objects.values_list("last_error", flat=True))


def test_many_messages_leave_over_one_line(server: Script, queue: Queue) -> None:
    for number in range(30):
        queue(f"{number}")
    assert outbox.deliver_due() == 30
    assert server.lines_opened == 1
    assert len(set(server.ids)) == 30


@pytest.mark.parametrize("most", [1, 4])
def test_a_server_that_ends_the_line_after_some_messages_costs_no_try(
    server: Script, queue: Queue, most: int
) -> None:
    server.per_line = most
    for number in range(9):
        queue(f"{number}")
    assert outbox.deliver_due() == 9
    assert Message.objects.filter(state=State.SENT, attempts=1).count() == 9
    assert len(server.ids) == len(set(server.ids)) == 9


def test_a_server_that_says_421_on_a_used_line_is_asked_again_over_a_new_one(
    server: Script, queue: Queue
) -> None:
    server.replies = {"MAIL": ["250 OK", "421 4.7.0 too many", "250 OK"]}
    for number in range(3):
        queue(f"{number}")
    assert outbox.deliver_due() == 3
    assert server.lines_opened == 2


def test_a_greylisted_message_is_accepted_later(server: Script, queue: Queue) -> None:
    server.replies = {"RCPT": ["451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 OK"]}
    message = queue()
    sent = []
    for _ in range(3):
        again()
        sent.append(outbox.deliver_due())
    assert sent == [0, 0, 1]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.SENT, 3, "")
    assert server.ids == [mails.message_id("clé")]


def test_one_refused_address_stops_no_other_and_keeps_the_line(server: Script, queue: Queue) -> None:
    server.replies = {"faux@example.org": ["550 5.1.1 <faux@example.org> unknown"]}
    for number in range(6):
        queue(f"{number}", recipient="faux@example.org" if number % 2 else "camille@example.org")
    assert outbox.deliver_due() == 3
    assert states() == {State.SENT: 3, State.FAILED: 3}
    assert server.lines_opened == 1


@pytest.mark.parametrize(
    ("reply", "state"), [("554 5.6.0 content refused", State.FAILED), ("452 4.3.1 full", State.QUEUED)]
)
def test_a_refused_text_is_final_or_tried_again(
    server: Script, queue: Queue, reply: str, state: State
) -> None:
    server.replies = {"DATA": [reply, "250 OK"]}
    refused, other = queue("1", body="x" * 3_000_000), queue("2")
    assert outbox.deliver_due() == 1
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.state, other.state) == (state, State.SENT)


def test_our_own_address_refused_is_for_the_administration_and_loses_nothing(
    server: Script, queue: Queue
) -> None:
    server.replies = {"MAIL": ["550 5.7.1 not yours"]}
    queue()
    outbox.deliver_due()
    assert (states(), errors()) == ({State.QUEUED: 1}, {"SMTPSenderRefused 550"})


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_is_not_waited_for_without_end(
    server: Script, settings, queue: Queue, step: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    server.silent_at = step
    for number in range(5):
        queue(f"{number}")
    assert outbox.deliver_due() == 0
    assert states() == {State.QUEUED: 5}
    assert Message.objects.filter(attempts=1).count() == delivery.STRIKES
    server.silent_at = ""
    settings.EMAIL_TIMEOUT = 5
    again()
    assert outbox.deliver_due() == 5


def test_a_line_cut_before_the_answer_gives_at_most_one_copy_that_its_id_gives_away(
    server: Script, queue: Queue
) -> None:
    server.cut_after_data = 1
    queue()
    assert outbox.deliver_due() == 0
    again()
    assert outbox.deliver_due() == 1
    assert server.ids == [mails.message_id("clé")] * 2
    assert states() == {State.SENT: 1}


def test_a_refused_login_blames_no_message_and_is_said(
    refusing_login: Script, queue: Queue, settings
) -> None:
    queue()
    assert outbox.deliver_due() == 0
    message = Message.objects.get()
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    assert message.last_error.startswith("SMTPAuthenticationError")
    settings.EMAIL_HOST_USER = ""
    assert outbox.deliver_due() == 1


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"\x00\xff garbage\r\n", b"<html>\r\n", b"", b"x" * 20_000]
)
def test_a_greeting_of_garbage_blames_no_message(server: Script, queue: Queue, greeting: bytes) -> None:
    server.greeting = greeting
    for number in range(5):
        queue(f"{number}")
    assert outbox.deliver_due() == 0
    assert server.lines_opened == 1
    assert Message.objects.filter(state=State.QUEUED, attempts=0).count() == 5
    server.greeting = None
    assert outbox.deliver_due() == 5


def test_a_broken_tls_blames_no_message(server: Script, queue: Queue, settings) -> None:
    settings.EMAIL_USE_TLS = True  # which the server does not know
    queue()
    assert outbox.deliver_due() == 0
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = False, True  # and it speaks without
    assert outbox.deliver_due() == 0
    assert Message.objects.get().attempts == 0
    settings.EMAIL_USE_SSL = False
    assert outbox.deliver_due() == 1


def test_a_server_that_is_away_for_a_week_loses_nothing_and_all_leaves_in_the_minute_of_its_return(
    server: Script, queue: Queue, settings, clock: Clock
) -> None:
    back, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for number in range(4):
        queue(f"{number}")
    for _ in range(7 * 24):
        clock.move(hours=1)
        assert outbox.deliver_due() == 0
    queue("the last")
    assert errors() == {"ConnectionRefusedError", ""}
    settings.EMAIL_PORT = back
    clock.move(minutes=1)
    assert outbox.deliver_due() == 5
    assert set(Message.objects.values_list("state", "attempts", "last_error")) == {(State.SENT, 1, "")}


def test_nothing_leaves_for_a_change_that_was_rolled_back(server: Script, queue: Queue) -> None:
    with transaction.atomic():
        queue("undone")
        transaction.set_rollback(True)
    queue("done")
    assert outbox.deliver_due() == 1
    assert server.ids == [mails.message_id("done")]


def test_the_waits_grow_and_are_spread(server: Script, queue: Queue, clock: Clock) -> None:
    server.replies = {"RCPT": ["451 4.7.1 later"]}
    for number in range(6):
        queue(f"{number}")
    spread = []
    for minutes in delivery.BACK_OFF:
        outbox.deliver_due()
        waits = [
            (wait - clock.time) / timedelta(minutes=1)
            for wait in Message.objects.values_list("next_try_at", flat=True)
        ]
        assert minutes <= min(waits) < max(waits) <= minutes * delivery.SPREAD
        assert len(set(waits)) == 6
        spread += [wait / minutes for wait in waits]
        clock.move(minutes=minutes * delivery.SPREAD)
    assert max(spread) - min(spread) > 0.15
    assert list(delivery.BACK_OFF) == sorted(delivery.BACK_OFF)
    outbox.deliver_due()
    assert states() == {State.FAILED: 6}


@pytest.mark.parametrize("poison", ["rendering", "header", "body"])
def test_a_poisoned_message_stops_no_other(
    server: Script, queue: Queue, monkeypatch: pytest.MonkeyPatch, poison: str
) -> None:
    queue("poison")
    queue("good")
    if poison == "rendering":
        said = survey_mails.html

        def html(message: Message) -> str:
            if message.key == "poison":
                raise ValueError("camille@example.org")
            return said(message)

        monkeypatch.setattr(survey_mails, "html", html)
    else:  # past what queueing cleans
        broken = {"header": {"recipient": "a@example.org\nBcc: b@example.org"}, "body": {"body": "\udce9"}}
        if poison == "body":
            monkeypatch.setattr(Message, "from_db", classmethod(_with_broken_body(Message.from_db)))
        else:
            Message.objects.filter(key="poison").update(**broken[poison])
    assert outbox.deliver_due() == 1
    assert server.ids == [mails.message_id("good")]
    poisoned = Message.objects.get(key="poison")
    assert (poisoned.state, poisoned.attempts) == (State.QUEUED, 1)
    assert "example.org" not in poisoned.last_error


def _with_broken_body(read):
    def from_db(cls, *arguments):
        message = read(*arguments)
        if message.__dict__.get("key") == "poison":
            message.body = "\udce9"
        return message

    return from_db


def test_the_id_stays_and_the_date_is_that_of_the_try(server: Script, queue: Queue) -> None:
    server.cut_after_data = 1
    queue()
    outbox.deliver_due()
    again()
    outbox.deliver_due()
    assert len(set(server.ids)) == 1
    for mail in server.received:
        date = parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC)  # « -0000 »
        assert abs(date - timezone.now()) < timedelta(minutes=2)


def test_what_the_server_accepted_is_sent_whatever_it_says_at_the_end(
    server: Script, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quit_badly(self: smtplib.SMTP) -> None:
        self.close()
        raise TimeoutError

    monkeypatch.setattr(smtplib.SMTP, "quit", quit_badly)
    queue()
    assert outbox.deliver_due() == 1
    assert states() == {State.SENT: 1}
