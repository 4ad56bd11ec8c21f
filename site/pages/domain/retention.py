"""The night's purge: every kind of data whose time is over, in an order that a dry run can foretell.

Each app owns its purges. What takes most with it comes last, so that counting first and purging then
give the same numbers.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, PageLogEntry

from certificates.domain.batches import purge_batches
from certificates.domain.forgetting import purge_certificates, registrations_proven
from common.errors import DomainError
from common.old_pages import forget_old_pages
from events.domain import retention as events
from events.domain.answers import purge_needs
from events.domain.journal import purge_journal
from events.domain.upkeep import prune_visits
from events.models import JournalEntry, Registration, SessionRole
from members.domain.consents import purge_consents
from members.domain.retention import months_before, policy, years_before
from members.models import Membership, RetentionPolicy, User
from pages.domain.erasure import Reason, erase
from trainings.domain.forgetting import purge_assessments

logger = logging.getLogger(__name__)
NIGHT = time(3)
DONE = "escale.purge"


@dataclass(frozen=True)
class Line:
    """``count`` is None when the purge of that kind failed; it goes on the next night."""

    code: str
    label: str
    count: int | None


def purge(*, now: datetime | None = None, dry_run: bool = False) -> list[Line]:
    """Every kind in turn: one that fails is named by its exception's class and stops no other."""
    now = now or timezone.now()
    lines = []
    for code, (label, rule) in KINDS.items():
        try:
            count: int | None = rule(now, dry_run)
        except Exception as error:  # noqa: BLE001 its text may name somebody
            logger.error("purge, %s: %s", code, type(error).__name__)
            count = None
        lines.append(Line(code, label, count))
    return lines


def purge_once_a_night(*, now: datetime | None = None) -> int:
    """From three in the morning in Paris on, unless it was done since; returns how much went."""
    now = now or timezone.now()
    local = timezone.localtime(now)
    since = timezone.make_aware(datetime.combine(local.date(), NIGHT))
    if now < since:
        since = timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), NIGHT))
    if JournalEntry.objects.filter(action=DONE, timestamp__gte=since, timestamp__lte=now).exists():
        return 0
    lines = purge(now=now)
    log(instance=RetentionPolicy.load(), action=DONE, data={line.code: line.count for line in lines})
    forget_old_pages()
    return sum(line.count or 0 for line in lines)


def idle_accounts(*, now: datetime) -> QuerySet[User]:
    """Nobody signed in, registered, belonged or led for years, and no registration names them any more."""
    before = years_before(now, policy().account_years)
    proven = registrations_proven(now=now)
    leaving = events.without_sequel(now=now).order_by().values("pk")
    over = events.settled(now=now).exclude(pk__in=proven).order_by().values("pk")
    stays = Registration.objects.filter(user=OuterRef("pk")).exclude(pk__in=leaving).exclude(pk__in=over)
    belongs = Membership.objects.filter(Q(until=None) | Q(until__gt=before), user=OuterRef("pk"))
    leads = SessionRole.objects.filter(user=OuterRef("pk"), session__ends_at__gt=before)
    return User.objects.filter(
        Q(last_login=None) | Q(last_login__lte=before),
        ~Exists(stays),
        ~Exists(belongs),
        ~Exists(leads),
        erased_at=None,
        is_superuser=False,
        date_joined__lte=before,
    )


def _purge_accounts(now: datetime, dry_run: bool) -> int:
    idle = idle_accounts(now=now)
    if dry_run:
        return idle.count()
    done = 0
    for user in list(idle.order_by("pk")):
        try:
            done += erase(user=user, by=None, reason=Reason.RETENTION)
        except DomainError:
            continue  # named somewhere a moment ago
    return done


def _purge_settled(now: datetime, dry_run: bool) -> int:
    return events.purge_settled(now=now, dry_run=dry_run, still_proven=registrations_proven(now=now))


def _purge_assessments(now: datetime, dry_run: bool) -> int:
    proven = registrations_proven(now=now)
    over = events.settled(now=now)
    return purge_assessments(over=over, still_proven=proven, dry_run=dry_run)


def _purge_wagtail_log(now: datetime, dry_run: bool) -> int:
    before = months_before(now, policy().journal_months)
    old = [model.objects.filter(timestamp__lt=before) for model in (ModelLogEntry, PageLogEntry)]
    return sum(rows.count() if dry_run else rows.delete()[0] for rows in old)


KINDS: dict[str, tuple[str, Callable[[datetime, bool], int]]] = {
    "needs": ("besoins (repas, accès)", lambda now, dry: purge_needs(now=now, dry_run=dry)),
    "invitations": (
        "invitations à donner son avis",
        lambda now, dry: events.purge_invitations(now=now, dry_run=dry),
    ),
    "messages": ("messages envoyés", lambda now, dry: events.purge_messages(now=now, dry_run=dry)),
    "certificates": ("attestations", lambda now, dry: purge_certificates(now=now, dry_run=dry)),
    "batches": ("fichiers d’attestations", lambda now, dry: purge_batches(now=now, dry_run=dry)),
    "visits": ("connexions expirées", lambda now, dry: prune_visits(now=now, dry_run=dry)),
    "consents": ("accords retirés", lambda now, dry: purge_consents(now=now, dry_run=dry)),
    "journal": ("lignes du journal", lambda now, dry: purge_journal(now=now, dry_run=dry)),
    "wagtail": ("lignes du journal des pages", _purge_wagtail_log),
    "without_sequel": (
        "demandes et attentes sans suite",
        lambda now, dry: events.purge_without_sequel(now=now, dry_run=dry),
    ),
    "assessments": ("évaluations des acquis", _purge_assessments),
    "registrations": ("inscriptions et présences", _purge_settled),
    "accounts": ("comptes sans activité", _purge_accounts),
}
