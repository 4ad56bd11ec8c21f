"""How long the journal is kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.models import JournalEntry
from members.domain.retention import months_before, policy

BATCH = 5_000
# The database’s own clock, to the second, may be a little behind the one that asks.
MARGIN = timedelta(hours=1)


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
