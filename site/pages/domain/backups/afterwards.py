"""What a site must do that was put back in time: say nothing twice, and forget again whom it forgot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session as Visit
from django.utils import timezone
from wagtail.log_actions import log

from events.domain import restoring
from events.domain.upkeep import wrong_counters
from members.models import RetentionPolicy, User
from pages.domain.backups import snapshots
from pages.domain.erasure import Reason, erase
from pages.domain.retention import purge

# An erasure carries the instant at which it began; a backup may have begun before it was committed.
MARGIN = timedelta(days=1)


@dataclass(frozen=True)
class Settled:
    """``held``: messages that leave only if somebody says so. ``wrong``: sessions with false counters."""

    erased: int
    held: int
    purged: int
    wrong: list[int]


def settle(*, taken_at: datetime, erasures: Mapping[int, datetime], now: datetime | None = None) -> Settled:
    """Needs a site that nobody uses yet."""
    now = now or timezone.now()
    snapshots.skip_numbers()
    restoring.hold_outbox()
    # A browser that was signed out since the backup, a second factor that was added: prove it again.
    Visit.objects.all().delete()
    erased = _erase_again(taken_at, erasures)
    held = restoring.settle_meanwhile(taken_at=taken_at, now=now)
    purged = sum(line.count or 0 for line in purge(now=now))
    facts = {"taken_at": taken_at.isoformat(), "erased": erased, "held": held}
    log(instance=RetentionPolicy.load(), action="escale.restore", data=facts)
    return Settled(erased=erased, held=held, purged=purged, wrong=wrong_counters())


def _erase_again(taken_at: datetime, erasures: Mapping[int, datetime]) -> int:
    gone = [account for account, at in erasures.items() if at > taken_at - MARGIN]
    done = 0
    for user in User.objects.filter(pk__in=gone, erased_at=None).order_by("pk"):
        erase(user=user, by=None, reason=Reason.RESTORED)
        done += 1
    return done
