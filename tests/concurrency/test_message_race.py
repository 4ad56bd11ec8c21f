"""Two workers in the same minute: each reminder is queued, and sent, once."""

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Message, MessageRule, Registration
from tests.concurrency.crowd import Act, all_at_once
from tests.events.test_message_rules import a_day, make_rule
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, WORKERS = 30, 4


def test_workers_of_the_same_minute_queue_each_reminder_once():
    session = make_session(days=1, capacity=PEOPLE)
    make_rule(session.activity.organisation, days=2)
    for _ in range(PEOPLE):
        make_registration(session)
    long_ago = a_day(-30)
    Registration.objects.update(registered_at=long_ago, state_changed_at=long_ago)
    Message.objects.update(created_at=long_ago)
    MessageRule.objects.update(active_since=long_ago)
    heard = all_at_once([Act("run_due")] * WORKERS, {"NAME": connection.settings_dict["NAME"]})
    for line in heard.values():
        assert line.startswith("run_due, "), line
    reminders = Message.objects.filter(kind="rule")
    assert reminders.count() == PEOPLE
    assert reminders.filter(state="sent", attempts=1, sent_at__lte=timezone.now()).count() == PEOPLE
