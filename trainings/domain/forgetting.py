"""What somebody has acquired is forgotten with them; that a training was completed stays, as a count.

While a certificate still proves the training under their name, its assessments stand behind it.
"""

from typing import Any

from django.db.models import Q, QuerySet

from events.models import Registration
from members.models import User
from trainings.models import Assessment


def forget_assessments(*, user: User, still_proven: QuerySet[Any, int]) -> int:
    own = Assessment.objects.filter(registration__user=user)
    return own.exclude(registration__in=still_proven).delete()[0]


def purge_assessments(
    *, over: QuerySet[Registration], still_proven: QuerySet[Any, int], dry_run: bool = False
) -> int:
    """Of registrations whose time is ``over``, and of people erased whose proof is over since."""
    rows = Assessment.objects.filter(
        Q(registration__in=over.order_by().values("pk")) | Q(registration__user__erased_at__isnull=False)
    ).exclude(registration__in=still_proven)
    return rows.count() if dry_run else rows.delete()[0]
