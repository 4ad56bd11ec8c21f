"""What an activity keeps, for how long: each purge returns how much is over, and with ``dry_run`` only that.

In batches, each in a transaction of its own: killed in the middle, the rest goes the next night.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from events.domain import erasure
from events.models import Attendance, Message, Registration, SurveyInvitation
from members.domain.erasure import stand_ins
from members.domain.retention import months_before, policy, year_over
from members.models import User

T = TypeVar("T")
State = Registration.State
BATCH = 200


def purge_invitations(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Who was asked, and whether they answered; how many were asked is how many came."""
    before = months_before(now or timezone.now(), policy().invitation_months)
    old = SurveyInvitation.objects.filter(survey__closes_at__lte=before)
    return old.count() if dry_run else old.delete()[0]


def purge_messages(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """What was said to whom, once it is told and its time is over; that it was said stays."""
    before = months_before(now or timezone.now(), policy().message_months)
    # Nothing leaves before it is written: an index on that hour finds what may be over.
    old = Message.objects.filter(Q(sent_at=None) | Q(sent_at__lte=before), created_at__lte=before)
    old = old.exclude(state__in=erasure.WAITING_TO_LEAVE).exclude(recipient="").order_by()
    return old.count() if dry_run else erasure.blank(old)


def without_sequel(*, now: datetime) -> QuerySet[Registration]:
    """Nobody came of these: refused, expired, withdrawn, cancelled, never promoted."""
    before = months_before(now, policy().waiting_months)
    return _named().filter(~_attended(), ~Q(state=State.CONFIRMED), session__ends_at__lte=before)


def settled(*, now: datetime) -> QuerySet[Registration]:
    """Places and presences of years that are over for long enough."""
    before = year_over(now, policy().registration_years)
    return _named().filter(_attended() | Q(state=State.CONFIRMED), session__ends_at__lt=before)


def purge_without_sequel(*, now: datetime | None = None, dry_run: bool = False) -> int:
    return _strip(without_sequel(now=now or timezone.now()), dry_run=dry_run)


def purge_settled(
    *, now: datetime | None = None, dry_run: bool = False, still_proven: QuerySet[Any, int]
) -> int:
    """``still_proven``: registrations whose certificate names the person for some time yet."""
    over = settled(now=now or timezone.now()).exclude(pk__in=still_proven)
    return _strip(over, dry_run=dry_run)


def _named() -> QuerySet[Registration]:
    return Registration.objects.filter(user__erased_at=None)


def _attended() -> Exists:
    return Exists(Attendance.objects.filter(registration=OuterRef("pk")))


def _strip(over: QuerySet[Registration], *, dry_run: bool) -> int:
    """Each person becomes one nameless account: who came twice still counts as one who came twice."""
    if dry_run:
        return over.count()
    done = 0
    people = list(over.order_by().values_list("user", flat=True).distinct())
    for some in _batches(people, BATCH):
        with transaction.atomic():
            # Another purge may be at the same people: what it did is no longer among the pairs.
            held = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=some)
            list(held.order_by("pk").values_list("pk"))
            pairs = list(over.filter(user__in=some).values_list("pk", "user"))
            accounts = stand_ins({user for _pk, user in pairs})
            erasure.strip([pk for pk, _user in pairs])
            moved = [Registration(pk=pk, user=accounts[user]) for pk, user in pairs]
            Registration.objects.bulk_update(moved, ["user"], batch_size=BATCH)
            done += len(pairs)
    return done


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
