"""How long the journal is kept."""

from datetime import datetime, timedelta

from django.utils import timezone

from events.models import JournalEntry

# Two years and the season that is running; the database refuses to delete what is under one year old.
KEPT = timedelta(days=3 * 365)


def purge_journal(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete the entries whose time has passed; returns how many there are."""
    old = JournalEntry.objects.filter(timestamp__lt=(now or timezone.now()) - KEPT)
    return old.count() if dry_run else old.delete()[0]
