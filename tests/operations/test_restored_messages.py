"""What a restoration holds: shown to those whose it is, and sent or put aside by them alone."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from events.domain import message_rules, outbox, restoring
from events.models import JournalEntry, Message, MessageRule
from pages.domain.erasure_register import parse, read
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in
from tests.operations.conftest import Place

pytestmark = pytest.mark.django_db
State = Message.State


def _at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=day), time(hour)))


def test_a_reminder_that_fell_due_between_the_backup_and_now_is_held_and_never_queued_again() -> None:
    session = factories.make_session(days=2)
    organisation = session.activity.organisation
    message_rules.add_defaults(organisation=organisation, by=None)
    MessageRule.objects.update(active_since=_at(-30, 9))
    factories.make_registration(session)
    session.registrations.update(registered_at=_at(-9, 9), state_changed_at=_at(-9, 9))
    Message.objects.all().delete()

    restoring.settle_meanwhile(taken_at=_at(-1, 2), now=_at(0, 12))

    held = restoring.held().get()
    assert held.kind == "rule"
    assert message_rules.queue_due(now=_at(0, 12)) == 0
    assert outbox.deliver_due(now=_at(1, 12)) == 0
    assert mail.outbox == []


def test_what_was_being_sent_is_held_too_and_what_was_sent_stays_sent() -> None:
    registration = factories.make_registration(factories.make_session())
    message = registration.messages.get()
    for state, after in (
        (State.SENDING, State.FAILED),
        (State.SENT, State.SENT),
        (State.DROPPED, State.DROPPED),
    ):
        Message.objects.filter(pk=message.pk).update(state=state, locked_until=timezone.now())
        restoring.hold_outbox()
        message.refresh_from_db()
        assert message.state == after


@pytest.mark.parametrize(("do", "expected"), [("resend", State.QUEUED), ("drop", State.DROPPED)])
def test_a_coordinator_decides_for_all_of_their_own_held_messages_and_for_no_other(
    do: str, expected: State
) -> None:
    own = factories.make_registration(factories.make_session())
    other = factories.make_registration(factories.make_session())
    restoring.hold_outbox()
    client = signed_in(coordinator(own.session.activity.organisation, email="coco@example.org"))
    shown = client.get(reverse("messages:index")).content.decode()
    assert "1 message est peut-être déjà parti" in shown

    client.post(reverse("messages:held"), {"do": do})

    assert own.messages.get().state == expected
    assert other.messages.get().state == State.FAILED
    assert "peut-être déjà parti" not in client.get(reverse("messages:index")).content.decode()


def test_the_register_of_erasures_survives_a_cut_line_and_names_nobody(place: Place) -> None:
    from pages.domain import erasure_register

    gone = factories.make_user(email="zenobie@example.org", erased_at=timezone.now())
    place.register.write_text("7\t2026-01-05T10:00:00+00:00\n8\t2026-0")
    assert erasure_register.catch_up() == 1
    assert erasure_register.catch_up() == 0
    assert set(read(place.register)) == {7, gone.pk}
    assert "zenobie" not in place.register.read_text()
    assert parse("x\n\n9\tnever\n") == {}


def test_resending_what_asks_for_answers_leaves_no_line_by_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reminder leaves only to who has not answered: a line for each would tell who has."""
    session = factories.make_session()
    for _ in range(3):
        factories.make_registration(session)
    Message.objects.update(kind="survey_reminder")
    answered = Message.objects.earliest("pk")
    monkeypatch.setattr("events.domain.outbox.still_applies", lambda message, **_: message != answered)
    restoring.hold_outbox()
    by = coordinator(session.activity.organisation, email="coco@example.org")

    assert restoring.resend_held(messages=Message.objects.all(), by=by) == (2, 1)

    line = JournalEntry.objects.get(user=by)
    assert (line.action, line.label) == ("escale.resend_held", str(session.activity.organisation))
    assert line.data == {"messages": 3}
