"""What a person agrees to besides registering: given and taken back as easily, kept as proof.

A registration never depends on it. Each organisation and purpose is agreed to on its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from common.errors import DomainError
from members.domain.retention import policy, years_before
from members.models import Consent, Organisation, User

Purpose = Consent.Purpose
# What the person reads beside the box, stored with their answer.
WORDINGS = {
    Purpose.NEWS: "J’accepte que {organisation} m’écrive pour annoncer ses prochaines dates.",
    Purpose.PICTURES: "J’accepte d’apparaître sur des photos des rencontres de {organisation}, qu’elle peut "
    "publier.",
}


@dataclass(frozen=True)
class Choice:
    """One box: ``standing`` is the consent in force, if any."""

    organisation: Organisation
    purpose: str
    wording: str
    standing: Consent | None

    @property
    def name(self) -> str:
        return f"{self.purpose}-{self.organisation.pk}"


def wording(*, organisation: Organisation, purpose: str) -> str:
    return WORDINGS[Purpose(purpose)].format(organisation=organisation.short_name)


def choices(*, user: User, organisations: Iterable[Organisation]) -> list[Choice]:
    """Every box that ``organisations`` show to ``user``, in one query."""
    standing = {
        (each.organisation_id, each.purpose): each
        for each in Consent.objects.filter(user=user, withdrawn_at=None)
    }
    return [
        Choice(
            organisation,
            purpose.value,
            wording(organisation=organisation, purpose=purpose),
            standing.get((organisation.pk, purpose.value)),
        )
        for organisation in organisations
        for purpose in Purpose
    ]


def give_consent(*, user: User, organisation: Organisation, purpose: str) -> Consent:
    """Agree from now on, to the sentence as it is read today; doing it twice is harmless."""
    if purpose not in Purpose.values:
        raise DomainError("Ce choix ne fait pas partie de la liste.", field="purpose")
    with transaction.atomic():
        _hold(user)
        consent, created = Consent.objects.get_or_create(
            user=user,
            organisation=organisation,
            purpose=purpose,
            withdrawn_at=None,
            defaults={
                "given_at": timezone.now(),
                "wording": wording(organisation=organisation, purpose=purpose),
            },
        )
        if created:
            log(instance=consent, action="escale.consent", user=user, data={"purpose": purpose})
    return consent


def withdraw_consent(*, user: User, organisation: Organisation, purpose: str) -> bool:
    """Take it back from now on; False, and nothing changed, where nothing was agreed to."""
    with transaction.atomic():
        _hold(user)
        standing = Consent.objects.filter(
            user=user, organisation=organisation, purpose=purpose, withdrawn_at=None
        ).first()
        if standing is None:
            return False
        _take_back([standing], by=user)
    return True


def choose(*, user: User, shown: Iterable[Choice], agreed: Collection[str]) -> None:
    """What somebody left ticked among the boxes ``shown``; ``agreed`` holds the names of those."""
    with transaction.atomic():
        for choice in shown:
            rule = give_consent if choice.name in agreed else withdraw_consent
            rule(user=user, organisation=choice.organisation, purpose=choice.purpose)


def withdraw_all(*, user: User) -> int:
    """For a person who is erased: nobody may act on what they agreed to. Needs the account held."""
    standing = list(Consent.objects.filter(user=user, withdrawn_at=None))
    _take_back(standing, by=None)
    return len(standing)


def purge_consents(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete the proof of what was taken back, once the time for an account is over; returns how many."""
    before = years_before(now or timezone.now(), policy().account_years)
    old = Consent.objects.filter(withdrawn_at__lte=before)
    return old.count() if dry_run else old.delete()[0]


def _hold(user: User) -> None:
    """Two clicks at once come one after the other; somebody erased agrees to nothing any more."""
    held = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if held.erased_at is not None:
        raise DomainError("Ce compte est effacé.")


def _take_back(consents: Iterable[Consent], *, by: User | None) -> None:
    for consent in consents:
        consent.withdrawn_at = max(timezone.now(), consent.given_at)
        consent.save(update_fields=["withdrawn_at"])
        log(instance=consent, action="escale.withdraw_consent", user=by, data={"purpose": consent.purpose})
