"""Messages are owed in the transaction of the change, sent once, retried, never lost."""

import logging
import smtplib
from contextlib import closing
from datetime import timedelta
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from events.domain import delivery, mails, outbox
from events.models import Message
from tests.factories import make_organisation, make_registration, make_session

State = Message.State
BACKEND = f"{__name__}.FlakyBackend"


class FlakyBackend(EmailBackend):
    """Fails for the addresses in ``fails``, with the error given there."""

    fails: dict[str, Exception] = {}
    opened = 0

    def send_messages(self, messages: Any) -> int:
        type(self).opened += 1
        for message in messages:
            if error := self.fails.get(message.to[0]):
                raise error
        return super().send_messages(messages)


@pytest.fixture
def flaky(settings, monkeypatch):
    settings.EMAIL_BACKEND = BACKEND
    monkeypatch.setattr(FlakyBackend, "fails", {})
    monkeypatch.setattr(FlakyBackend, "opened", 0)
    return FlakyBackend


@pytest.fixture
def real_tasks(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def queue(key: str = "clé", **fields: Any) -> Message | None:
    defaults = {
        "kind": "essai",
        "recipient": "camille@example.org",
        "subject": "Un essai",
        "body": "Bonjour,\n",
    }
    return outbox.queue(key=key, **(defaults | fields))


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"camille@example.org": (code, b"<camille@example.org> no")})


def again(message: Message) -> None:
    """The clock has passed the next try."""
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now())


@pytest.mark.django_db
class TestQueueing:
    def test_a_key_is_queued_once(self):
        assert queue("une clé") is not None
        assert queue("une clé", subject="Autre") is None
        assert Message.objects.get().subject == "Un essai"

    def test_queuing_twice_leaves_the_callers_transaction_usable(self):
        with transaction.atomic():
            queue()
            queue()
            make_organisation()
        assert Message.objects.count() == 1

    def test_a_line_break_in_the_subject_never_reaches_the_headers(self):
        message = queue(subject="Bonjour\r\nBcc: tous@example.org\x00\u2028fin")
        assert message.subject == "Bonjour Bcc: tous@example.org fin"
        assert outbox.deliver_due() == 1
        assert mail.outbox[0].recipients() == ["camille@example.org"]

    def test_control_characters_never_reach_the_body(self):
        assert queue(body="a\x00b\r\nc\x1bd\te").body == "ab\ncd\te"

    @pytest.mark.parametrize(
        "recipient",
        [
            "camille@example.org\nBcc: tous@example.org",
            "camılle@example.org",
            "pas une adresse",
            "",
            "a" * 300 + "@example.org",
        ],
    )
    def test_an_impossible_address_is_kept_as_failed_and_stops_nobody(self, recipient):
        assert queue("impossible", recipient=recipient).state == State.FAILED
        queue("possible")
        assert outbox.deliver_due() == 1

    def test_a_very_long_subject_is_cut(self):
        assert len(queue(subject="é" * 10_000).subject) == 200


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_nothing_is_sent_for_a_change_that_was_rolled_back(self, real_tasks):
        with transaction.atomic():
            assert queue() is not None
            transaction.set_rollback(True)
        assert outbox.deliver_due() == 0
        assert not Message.objects.exists()
        assert not DBTaskResult.objects.exists()

    def test_the_worker_is_woken_once_per_transaction(self, real_tasks):
        with transaction.atomic():
            for i in range(5):
                queue(f"{i}")
        assert DBTaskResult.objects.count() == 1

    def test_a_waiting_wake_up_serves_the_next_change_too(self, real_tasks):
        queue("1")
        queue("2")
        assert DBTaskResult.objects.count() == 1

    def test_the_wake_up_sends_what_is_due(self, real_tasks):
        queue("1")
        queue("2")
        assert outbox.deliver_messages.call() == 2
        assert [m.state for m in Message.objects.all()] == [State.SENT] * 2

    def test_a_server_that_is_down_is_not_tried_again_at_once(self, real_tasks, flaky):
        for i in range(5):
            queue(f"{i}")
        flaky.fails = {"camille@example.org": ConnectionRefusedError()}
        DBTaskResult.objects.all().delete()  # the wake-up that runs
        assert outbox.deliver_messages.call() == 0
        assert not DBTaskResult.objects.exists()

    def test_workers_that_look_at_the_same_instant_never_claim_the_same_message(self):
        for i in range(12):
            queue(f"{i}")
        start, claimed = Barrier(4), []

        def look_slowly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            if sql.startswith("SELECT"):
                sleep(0.01)  # time enough for the others to have seen the same messages
            return result

        def work() -> None:
            start.wait()
            with closing(connection), connection.execute_wrapper(look_slowly):
                while message := delivery._claim(timezone.now()):
                    claimed.append(message.pk)

        threads = [Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(claimed) == sorted(Message.objects.values_list("pk", flat=True))

    def test_sending_inside_a_transaction_is_a_mistake(self):
        queue()
        with pytest.raises(RuntimeError), transaction.atomic():
            outbox.deliver_due()


@pytest.mark.django_db
class TestDelivery:
    def test_a_sent_message_is_marked_and_not_sent_again(self):
        message = queue()
        assert outbox.deliver_due() == 1
        assert outbox.deliver_due() == 0
        message.refresh_from_db()
        assert (message.state, message.attempts, message.last_error) == (State.SENT, 1, "")
        assert message.sent_at is not None
        assert message.locked_until is None

    def test_a_batch_stops_at_its_limit(self):
        for i in range(5):
            queue(f"{i}")
        assert outbox.deliver_due(limit=3) == 3
        assert outbox.deliver_due(limit=3) == 2

    def test_a_worker_told_to_stop_takes_no_other_message(self):
        queue()
        assert outbox.deliver_due(stopping=lambda: True) == 0
        assert Message.objects.get().state == State.QUEUED

    def test_one_poisoned_message_stops_no_other(self, flaky):
        flaky.fails = {"camille@example.org": ValueError("camille@example.org is poison")}
        poisoned = queue("poison")
        queue("bon", recipient="alix@example.org")
        assert outbox.deliver_due() == 1
        poisoned.refresh_from_db()
        assert (poisoned.state, poisoned.last_error) == (State.QUEUED, "ValueError")

    def test_a_failure_waits_longer_each_time_then_gives_up_after_four_days(self, flaky):
        flaky.fails = {"camille@example.org": refused(450)}
        message, waits = queue(), []
        while True:
            outbox.deliver_due()
            message.refresh_from_db()
            if message.state != State.QUEUED:
                break
            waits.append((message.next_try_at - timezone.now()).total_seconds() / 60)
            again(message)
        assert message.state == State.FAILED
        assert message.last_error == "SMTPRecipientsRefused 450"
        assert len(waits) == len(delivery.BACK_OFF)
        for wait, minutes in zip(waits, delivery.BACK_OFF, strict=True):
            assert minutes * 0.99 - 0.1 < wait < minutes * 1.21
        assert sum(waits) > 4 * 24 * 60

    def test_a_failed_message_is_not_tried_before_its_time(self, flaky):
        flaky.fails = {"camille@example.org": refused(450)}
        queue()
        outbox.deliver_due()
        outbox.deliver_due()
        assert Message.objects.get().attempts == 1

    def test_a_recipient_refused_for_good_is_not_tried_again(self, flaky):
        flaky.fails = {"camille@example.org": refused(550)}
        queue()
        outbox.deliver_due()
        message = Message.objects.get()
        assert (message.state, message.attempts) == (State.FAILED, 1)

    def test_a_server_that_breaks_off_in_mid_message_is_left_alone(self, flaky):
        flaky.fails = {f"a{i}@example.org": ConnectionRefusedError() for i in range(10)}
        for i in range(10):
            queue(f"{i}", recipient=f"a{i}@example.org")
        assert outbox.deliver_due() == 0
        assert flaky.opened == delivery.STRIKES
        assert Message.objects.filter(attempts=0).count() == 10 - delivery.STRIKES

    def test_neither_the_log_nor_the_row_names_anybody(self, flaky, caplog):
        caplog.set_level(logging.DEBUG)
        flaky.fails = {"camille@example.org": refused(550), "alix@example.org": OSError("alix@example.org")}
        queue("1")
        queue("2", recipient="alix@example.org")
        outbox.deliver_due()
        assert "given up" in caplog.text
        assert "not sent" in caplog.text
        told = caplog.text + "".join(Message.objects.values_list("last_error", flat=True))
        assert "camille" not in told
        assert "alix" not in told

    def test_a_message_whose_worker_died_is_freed_once_its_time_is_over(self):
        message = queue()
        Message.objects.update(state=State.SENDING, attempts=1, locked_until=timezone.now() + delivery.LOCK)
        assert outbox.deliver_due() == 0
        Message.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
        assert outbox.deliver_due() == 1
        message.refresh_from_db()
        assert (message.state, message.attempts) == (State.SENT, 2)

    def test_a_worker_that_lost_its_message_does_not_overwrite_the_other_ones_outcome(self):
        queue()
        late = delivery._claim(timezone.now())
        Message.objects.update(locked_until=timezone.now() + timedelta(hours=1))
        delivery._settle(late, state=State.QUEUED)
        assert Message.objects.get().state == State.SENDING

    def test_news_of_a_place_is_dropped_once_the_session_is_over(self):
        registration = make_registration(make_session(days=-1))
        message = queue(kind="promoted", registration=registration)
        assert outbox.deliver_due() == 0
        message.refresh_from_db()
        assert message.state == State.DROPPED


@pytest.mark.django_db
class TestMail:
    def sent(self, **fields: Any) -> Any:
        queue(**fields)
        assert outbox.deliver_due() == 1
        return mail.outbox[-1].message()

    def test_the_mail_comes_from_us_in_the_name_of_the_organisation(self, settings):
        settings.DEFAULT_FROM_EMAIL = "Escale <escale@example.org>"
        organisation = make_organisation(
            short_name='CPTS "Sextant", Le Havre', email="contact@cpts.example.org"
        )
        sent = self.sent(organisation=organisation)
        assert sent["From"] == '"CPTS \\"Sextant\\", Le Havre" <escale@example.org>'
        assert sent["Reply-To"] == "contact@cpts.example.org"
        assert sent["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize("name", ["Évasion\r\nBcc: x@example.org", "a <b@example.org>,", "", "é" * 40])
    def test_no_name_of_an_organisation_forges_a_header(self, name, settings):
        settings.DEFAULT_FROM_EMAIL = "Escale <escale@example.org>"
        sent = self.sent(organisation=make_organisation(short_name=name))
        assert mails.parseaddr(str(sent["From"]))[1] == "escale@example.org"
        assert sent["Bcc"] is None

    def test_the_message_id_is_that_of_the_key_at_each_try(self, settings):
        settings.BASE_URL = "https://escale.example.org"
        assert mails.message_id("a") == mails.message_id("a") != mails.message_id("b")
        assert mails.message_id("a").endswith("@escale.example.org>")
        assert self.sent(key="a")["Message-ID"] == mails.message_id("a")

    def test_plain_text_is_utf_8(self):
        sent = self.sent(body="Bonjour Zoé, à 19 h… 🌊\n")
        assert sent.get_content_type() == "text/plain"
        assert sent.get_content_charset() == "utf-8"
        assert sent.get_payload(decode=True).decode() == "Bonjour Zoé, à 19 h… 🌊\n"

    def test_an_invitation_is_an_alternative_and_a_file(self):
        sent = self.sent(calendar="BEGIN:VCALENDAR\r\nX:é\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST")
        assert [part.get_content_type() for part in sent.walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/calendar",
            "application/ics",
        ]
        alternative, file = list(sent.walk())[3:]
        assert alternative.get_param("method") == "REQUEST"
        assert file.get_filename() == "invitation.ics"
        assert file.get_payload(decode=True) == "BEGIN:VCALENDAR\r\nX:é\r\nEND:VCALENDAR\r\n".encode()


@pytest.mark.django_db(transaction=True)
def test_a_slow_mail_servers_message_is_held_longer_than_its_slowest_dialogue(settings, monkeypatch):
    held = []

    class Watching(EmailBackend):
        def send_messages(self, messages: Any) -> int:
            held.append(Message.objects.get().locked_until - timezone.now())
            return super().send_messages(messages)

    monkeypatch.setitem(globals(), "Watching", Watching)
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = f"{__name__}.Watching", 30
    queue()
    assert outbox.deliver_due() == 1
    answers = 5 + 13  # a server that hangs up at the end, and is called again with TLS and a password
    assert held[0] > timedelta(seconds=answers * settings.EMAIL_TIMEOUT)
