"""The minute's work: one line, whatever happens; stuck tasks freed; counters proven."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session as Visit
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from events.domain import outbox, upkeep
from events.domain.registration import withdraw
from events.models import Message, Session
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db


def run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def make_task(status: str, *, age: timedelta = timedelta(0), starts: int = 1) -> DBTaskResult:
    moment = timezone.now() - age
    return DBTaskResult.objects.create(
        status=status,
        started_at=moment,
        finished_at=None if status == "RUNNING" else moment,
        worker_ids=["w"] * starts,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="events.domain.outbox.deliver_messages",
        backend_name="default",
        run_after=get_date_max(),
    )


def queue(**fields: Any) -> Message:
    defaults = {"key": "k", "kind": "essai", "recipient": "camille@example.org", "subject": "s", "body": "b"}
    return outbox.queue(**(defaults | fields))


def test_a_quiet_minute_says_so():
    assert run("run_due") == "run_due, rien à faire.\n"


def test_the_line_counts_what_was_done_and_names_nobody():
    queue()
    line = run("run_due")
    assert line == "run_due, messages envoyés : 1.\n"


def test_a_step_that_fails_is_named_by_its_class_and_stops_no_other(monkeypatch, caplog):
    def fail(**_: Any) -> int:
        raise ValueError("camille@example.org")

    monkeypatch.setattr(outbox, "free_stuck_messages", fail)
    monkeypatch.setattr(upkeep, "free_stuck_tasks", fail)
    make_task("SUCCESSFUL", age=timedelta(days=2))
    caplog.set_level(logging.DEBUG)
    assert "traces de tâches effacées : 1" in run("run_due")
    assert "ValueError" in caplog.text
    assert "camille" not in caplog.text


def test_messages_freed_are_sent_in_the_same_pass():
    queue()
    Message.objects.update(state="sending", locked_until=timezone.now() - timedelta(minutes=1))
    assert run("run_due") == "run_due, messages remis en file : 1 ; messages envoyés : 1.\n"


def test_a_task_that_a_killed_worker_left_running_is_queued_again():
    stuck, alive = make_task("RUNNING", age=timedelta(hours=2)), make_task("RUNNING")
    assert upkeep.free_stuck_tasks() == 1
    stuck.refresh_from_db()
    alive.refresh_from_db()
    assert (stuck.status, stuck.started_at, alive.status) == ("READY", None, "RUNNING")
    assert stuck in DBTaskResult.objects.ready()


def test_a_task_that_kills_its_worker_each_time_is_failed_in_the_end():
    stuck = make_task("RUNNING", age=timedelta(hours=2), starts=upkeep.TASK_STARTS)
    assert upkeep.free_stuck_tasks() == 1
    stuck.refresh_from_db()
    assert stuck.status == "FAILED"
    assert stuck.finished_at is not None


def test_traces_of_tasks_are_forgotten_and_failures_kept_longer():
    for age in (timedelta(hours=1), timedelta(days=2), timedelta(days=15)):
        make_task("SUCCESSFUL", age=age)
        make_task("FAILED", age=age)
    make_task("RUNNING", age=timedelta(days=20))
    assert upkeep.prune_task_results() == 3
    assert DBTaskResult.objects.count() == 4


def test_expired_visits_are_forgotten():
    now = timezone.now()
    Visit.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Visit.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    upkeep.prune_visits()
    assert [visit.session_key for visit in Visit.objects.all()] == ["new"]


def test_counters_are_right_after_registrations_promotions_and_walks_out():
    session = make_session(capacity=2)
    registrations = [make_registration(session) for _ in range(5)]
    for registration in registrations[:2]:
        withdraw(registration=registration)
    assert run("check_counters") == "Compteurs justes pour toutes les sessions.\n"


@pytest.mark.parametrize("counter", ["seats_taken", "waiting"])
def test_a_wrong_counter_fails_the_command_and_names_the_session(counter):
    right, wrong = make_session(), make_session()
    Session.objects.filter(pk=wrong.pk).update(**{counter: 1})
    assert upkeep.wrong_counters() == [wrong.pk]
    with pytest.raises(CommandError, match=f"Compteurs faux pour 1 session\\(s\\) : {wrong.pk}\\."):
        run("check_counters")
    assert right.pk not in upkeep.wrong_counters()


def test_proving_counters_takes_one_query(django_assert_num_queries):
    for _ in range(3):
        make_registration(make_session())
    with django_assert_num_queries(1):
        upkeep.wrong_counters()
