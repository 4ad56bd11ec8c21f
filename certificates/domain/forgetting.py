"""When a certificate stops naming somebody: its time is over, or the person asks to be erased.

A training may have to be proved for some years (Code du travail): its certificate stays until then,
and the person is told so before they confirm. Any other one goes at once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from certificates.domain.batches import forget_files
from certificates.models import Certificate
from members.domain.retention import policy, year_over
from members.models import User
from trainings.models import TrainingPage

PERSONAL = ("person", "person_short", "profession")
BATCH = 500


def naming(*, user: User) -> QuerySet[Certificate]:
    return _naming().filter(registration__user=user)


def kept_as_proof(*, user: User, now: datetime | None = None) -> QuerySet[Certificate]:
    """Those that prove a training, until ``policy().certificate_years`` after the year of their issue."""
    trainings = TrainingPage.objects.values("pk")
    return (
        naming(user=user)
        .filter(
            registration__session__activity__in=trainings,
            issued_at__gte=_before(now),
            status=Certificate.Status.VALID,
        )
        .select_related("registration__session")
        .order_by("issued_at", "pk")
    )


def forget(*, user: User) -> int:
    """Withdraw what nothing obliges to keep; returns how many. Verifying them names nobody any more."""
    kept = list(kept_as_proof(user=user).values_list("pk", flat=True))
    forget_files(sessions=list(naming(user=user).values_list("registration__session", flat=True)))
    return _strip(naming(user=user).exclude(pk__in=kept))


def registrations_proven(*, now: datetime | None = None) -> QuerySet[Certificate, int]:
    """Registrations whose certificate names somebody for some time yet."""
    return _naming().filter(issued_at__gte=_before(now)).values_list("registration", flat=True)


def purge_certificates(*, now: datetime | None = None, dry_run: bool = False) -> int:
    over = _naming().filter(issued_at__lt=_before(now))
    if dry_run:
        return over.count()
    done = 0
    while some := list(over.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            held = over.filter(pk__in=some).order_by("pk").select_for_update(of=("self",))
            done += _strip(held)
    return done


def _naming() -> QuerySet[Certificate]:
    return Certificate.objects.exclude(facts__person="")


def _before(now: datetime | None) -> datetime:
    return year_over(now or timezone.now(), policy().certificate_years)


def _strip(certificates: Iterable[Certificate]) -> int:
    """Number, dates and hours stay; who it was goes."""
    stripped = list(certificates)
    for certificate in stripped:
        certificate.facts = {**certificate.facts, **dict.fromkeys(PERSONAL, "")}
        certificate.status = Certificate.Status.REVOKED
    Certificate.objects.bulk_update(stripped, ["facts", "status"], batch_size=BATCH)
    return len(stripped)
