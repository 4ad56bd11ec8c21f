"""Erasing a person from the whole site: what stands in the way, what will happen, and doing it."""

from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.log_actions import log

from certificates.domain import forgetting
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import erasure as events
from events.domain import layout, outbox
from events.models import Registration
from members.domain import consents
from members.domain import erasure as members
from members.domain.retention import policy
from members.models import Organisation, RetentionPolicy, User
from pages.domain import erasure_register
from trainings.domain.forgetting import forget_assessments


class Reason(TextChoices):
    """Why, in the journal: a code, because free text ends up naming people."""

    PERSON = "person", "La personne, depuis son espace"
    LETTER = "letter", "Demande écrite de la personne"
    ORGANISATION = "organisation", "Demande reçue par une structure"
    AUTHORITY = "authority", "Demande d’une autorité"
    RETENTION = "retention", "Durée de conservation passée"
    RESTORED = "restored", "Effacement refait après une restauration"


# What an administrator may answer to « why ».
ON_BEHALF = (Reason.LETTER, Reason.ORGANISATION, Reason.AUTHORITY)
# Nobody asked just now: nobody is named in the journal, and no last word is sent.
BY_ITSELF = (Reason.RETENTION, Reason.RESTORED)


@dataclass(frozen=True)
class Plan:
    """What erasing somebody would do; with ``obstacles``, nothing."""

    obstacles: list[str]
    coming: list[Registration]
    kept: list[Certificate]
    certificate_years: int
    withdrawn: int
    registrations: int


def plan(*, user: User) -> Plan:
    kept = list(forgetting.kept_as_proof(user=user))
    return Plan(
        obstacles=obstacles(user),
        coming=sorted(events.coming(user), key=lambda registration: registration.session.starts_at),
        kept=kept,
        certificate_years=policy().certificate_years,
        withdrawn=forgetting.naming(user=user).count() - len(kept),
        registrations=Registration.objects.filter(user=user).count(),
    )


def obstacles(user: User) -> list[str]:
    return [*members.obstacles(user), *events.obstacles(user)]


def erase(*, user: User, by: User | None, reason: str) -> bool:
    """Erase ``user`` everywhere, keep every count, and write to them once that it is done.

    Repeating it is harmless, and answers that nothing was left to do. Raises ``DomainError`` while
    somebody counts on them in a role.
    """
    _check(by, reason)
    with transaction.atomic():
        # Sessions are held before accounts, everywhere.
        _refuse(user, reason)
        sessions = events.hold_sessions(user)
        places = events.withdraw_coming(user)
        held = members.hold(user)
        if held.erased_at is not None:
            return False
        _refuse(held, reason)
        if events.sessions_of(held) != sessions:
            raise DomainError("Une inscription vient de s’ajouter : recommencez.")
        organisations = _concerned(held)
        address, greeting = held.email, held.first_name
        certificates = forgetting.forget(user=held)
        forget_assessments(user=held, still_proven=forgetting.registrations_proven())
        registrations = events.erase_person(user=held, addresses=members.addresses(held))
        consents.withdraw_all(user=held)
        members.erase_account(user=held)
        facts = {
            "account": held.pk,
            "why": Reason(reason).value,
            "registrations": registrations,
            "places": places,
            "certificates": certificates,
        }
        who = None if reason in BY_ITSELF else by or held
        for instance in organisations or [RetentionPolicy.load()]:
            log(instance=instance, action="escale.erase", user=who, data=facts)
        transaction.on_commit(partial(erasure_register.note, held.pk, timezone.now()), robust=True)
        if reason not in BY_ITSELF:
            _say_goodbye(held, address, greeting)
        return True


def _check(by: User | None, reason: str) -> None:
    """Only an administrator decides for somebody else."""
    if by is not None and not (by.is_active and by.is_superuser):
        raise DomainError("Seule l’administration de la plateforme efface quelqu’un d’autre.")
    if by is not None and reason not in ON_BEHALF:
        raise DomainError("Choisissez une raison de la liste.", field="reason")


def _refuse(user: User, reason: str) -> None:
    """What was done once, when nothing stood in the way, is done again whatever stands in it now."""
    if user.erased_at is None and reason != Reason.RESTORED and (found := obstacles(user)):
        raise DomainError(" ".join(found))


def _concerned(user: User) -> list[Organisation]:
    """Each answers for its own people, and reads of it in its journal."""
    own: QuerySet[Organisation] = Organisation.objects.filter(
        activities__sessions__registrations__user=user
    ).distinct()
    return list(own.order_by("pk"))


def _say_goodbye(user: User, address: str, first_name: str) -> None:
    text = render_to_string("pages/mail/erased.txt", {"first_name": first_name})
    outbox.queue(
        key=f"erased:{user.pk}",
        kind=events.FAREWELL,
        recipient=address,
        subject="Vos données sont effacées",
        body=layout.wrap(text),
    )
