"""Figures of the service, from the database: what waits, what is late, how much there is. Never who.

What waits is few, and found by an index. Registrations are counted anew every five minutes only.
"""

import shutil
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error
from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from certificates.models import IssueBatch
from events.models import Message, Registration, Session
from events.models.message import UNSENT

LATEST = "figures:last-pass"
HELD = "figures:held"
HELD_SECONDS = 300
WAITING = (Message.State.QUEUED, Message.State.SENDING, Message.State.FAILED)
OPEN = (IssueBatch.State.QUEUED, IssueBatch.State.RUNNING)
UNFINISHED = ("READY", "RUNNING", "FAILED")

Gauges = dict[str, tuple[str, dict[str, float]]]


def note_pass(*, seconds: float) -> None:
    """Told by ``run_due`` after each pass that met its database."""
    cache.set(LATEST, (time.time(), seconds), None)


def gauges() -> Gauges:
    """While the database is away, what is known without it."""
    try:
        stored = {**_outbox(), **_tasks(), **_held()}
    except Error:
        stored = {}
    up = {"escale_database_up": ("Whether the database answers", {"": float(bool(stored))})}
    return {**up, **stored, **_clock(), **_disk()}


def _outbox() -> Gauges:
    now = timezone.now()
    waiting = Message.objects.filter(UNSENT, state__in=WAITING)
    due = Message.objects.filter(UNSENT, state=Message.State.QUEUED, next_try_at__lte=now)
    found = due.aggregate(count=Count("pk"), oldest=Min("next_try_at"))
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return {
        "escale_messages": ("Messages not sent, by state", _by(WAITING, waiting, "state")),
        "escale_messages_due": ("Messages that should have left by now", {"": found["count"]}),
        "escale_messages_oldest_due_seconds": ("How late the oldest of them is", {"": age}),
    }


def _tasks() -> Gauges:
    tasks = DBTaskResult.objects.filter(status__in=UNFINISHED)
    open_batches = IssueBatch.objects.filter(state__in=OPEN).count()
    return {
        "escale_tasks": ("Background tasks, by state", _by(UNFINISHED, tasks, "status")),
        "escale_certificate_batches_open": ("Batches of certificates not finished", {"": open_batches}),
    }


def _clock() -> Gauges:
    last = cache.get(LATEST)
    if last is None:  # never since the cache was emptied
        return {}
    moment, seconds = last
    return {
        "escale_run_due_age_seconds": ("Since the last whole pass of run_due", {"": time.time() - moment}),
        "escale_run_due_seconds": ("How long that pass took", {"": seconds}),
    }


def _held() -> Gauges:
    found: Gauges | None = cache.get(HELD)
    if found is None:
        states = _by(Registration.State.values, Registration.objects.all(), "state")
        coming = Session.objects.filter(ends_at__gt=timezone.now())
        seats = coming.aggregate(taken=Sum("seats_taken"), waiting=Sum("waiting"))
        found = {
            "escale_registrations": (
                "Registrations, by state",
                states,
            ),
            "escale_seats_taken": ("Seats taken in sessions to come", {"": seats["taken"] or 0}),
            "escale_people_waiting": ("Waiting for a seat in sessions to come", {"": seats["waiting"] or 0}),
        }
        cache.set(HELD, found, HELD_SECONDS)
    return found


def _disk() -> Gauges:
    return {"escale_disk_free_bytes": ("Room left in var/", {"": shutil.disk_usage(settings.VAR_DIR).free})}


def _by(states: Iterable[str], rows: QuerySet[Any], field: str) -> dict[str, float]:
    counted = dict(rows.order_by().values_list(field).annotate(count=Count("pk")))
    return {str(state): counted.get(state, 0) for state in states}
