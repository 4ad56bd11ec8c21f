"""What the rules owe, queued by a process that is killed at any statement: every message once, none lost."""

from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from events.domain import message_rules
from events.models import Message, MessageRule
from tests.concurrency.acts import Act
from tests.crash.dying import survived
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 7  # in transactions of two


def _ago(days: int) -> datetime:
    day = timezone.localdate() - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(9)))


def test_rules_killed_at_any_statement_say_all_that_they_owe_once(tmp_path: Path) -> None:
    session = make_session(days=1)
    message_rules.add_defaults(organisation=session.activity.organisation, by=None)
    MessageRule.objects.update(active_since=_ago(30))
    for _ in range(PEOPLE):
        make_registration(session)
    session.registrations.update(registered_at=_ago(9), state_changed_at=_ago(9))
    Message.objects.all().delete()
    database = {"NAME": connection.settings_dict["NAME"]}

    statement, counts = 3, [0]
    while not survived(Act("queue_due"), statement=statement, database=database, folder=tmp_path):
        statement += 2
        counts.append(Message.objects.count())

    assert len(set(counts)) > 2, "It was never killed between two transactions"
    assert counts == sorted(counts)
    told = Counter(Message.objects.values_list("registration", "rule"))
    rules = {rule for _registration, rule in told}
    assert rules
    assert told == {
        (pk, rule): 1 for pk in session.registrations.values_list("pk", flat=True) for rule in rules
    }
    assert message_rules.queue_due() == 0
