"""Two workers in the same minute: each reminder is queued, and sent, once."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Message, MessageRule, Registration
from tests import databases
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
    environment = {
        **os.environ,
        "DATABASE_URL": databases.url(connection.settings_dict),
        "EMAIL_URL": "dummymail://",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "manage.py", "run_due"],
            cwd=databases.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(WORKERS)
    ]
    for worker in workers:
        out, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
        assert out.startswith("run_due, ")
    reminders = Message.objects.filter(kind="rule")
    assert reminders.count() == PEOPLE
    assert reminders.filter(state="sent", attempts=1, sent_at__lte=timezone.now()).count() == PEOPLE
