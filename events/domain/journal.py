"""Many lines of the journal at once, and how long it is kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from wagtail.log_actions import get_active_log_context

from events.models import JournalEntry
from members.domain.retention import months_before, policy
from members.models import User

BATCH = 5_000
# The database’s own clock, to the second, may be a little behind the one that asks.
MARGIN = timedelta(hours=1)


def log_many(
    lines: Iterable[tuple[models.Model, dict[str, Any]]], *, action: str, user: User | None
) -> list[JournalEntry]:
    """What Wagtail’s ``log`` writes of each instance with its data, in one statement."""
    return JournalEntry.objects.log_many(lines, action=action, user=user or get_active_log_context().user)


def purge_journal(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete the entries whose time has passed; the database refuses what is under one year old."""
    before = months_before(now or timezone.now(), policy().journal_months) - MARGIN
    old = JournalEntry.objects.filter(timestamp__lt=before)
    if dry_run:
        return old.count()
    done = 0
    while some := list(old.order_by("timestamp").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            done += JournalEntry.objects.filter(pk__in=some).delete()[0]
    return done
