"""A certificate exists only for attendance that a closed sheet records; its text is a snapshot.

Whoever issues, revokes or follows a correction holds the session's row first: two at once leave one valid
certificate; then the accounts: nobody is erased while a document is made in their name. A later version
names the one that it replaces. What somebody revoked comes back only when that person's is asked for again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from certificates.domain.facts import OF_TRAININGS, completed, kinds_of
from certificates.domain.telling import tell_issued, tell_revoked
from certificates.domain.versions import Issuing, end
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import seats
from events.domain.attendance import Part, attended
from events.models import Registration, Session
from members.models import User

Kind, Status = Certificate.Kind, Certificate.Status
Came = Mapping[int, list[Part]]
NO_LONGER = "La feuille d’émargement, corrigée, ne le dit plus."
REASON_LENGTH = 240


@dataclass
class Followed:
    """What a correction changed."""

    issued: list[Certificate] = field(default_factory=list)
    replaced: list[Certificate] = field(default_factory=list)
    revoked: list[Certificate] = field(default_factory=list)


def issue(
    *,
    registration: Registration,
    by: User | None,
    kind: str = Kind.PRESENCE,
    anew: bool = False,
    mails: bool = False,
) -> Certificate:
    """The valid certificate of ``registration``, issued if need be; repeatable.

    A new version replaces it if the closed sheets, the name or the assessments say something else, with
    ``anew`` also if only its words would change. ``mails`` tells the person.
    """
    with transaction.atomic():
        session = _hold(registration.session_id)
        _keep_from_erasure(session, [registration.pk])
        person = _people(session).get(pk=registration.pk)
        if person.user.erased_at is not None:
            raise DomainError("Cette personne a fait effacer ses données : plus d’attestation à son nom.")
        came = attended(session=session)
        if reason := _obstacle(session, person.pk, kind, came):
            raise DomainError(reason)
        issuing = Issuing(session=session, kind=kind, came=came, by=by, asked=True, anew=anew)
        [certificate] = issuing.run([person])
        if mails:
            tell_issued([certificate])
        return certificate


def issue_all(
    *,
    session: Session,
    by: User | None,
    kinds: Sequence[str] = (Kind.PRESENCE,),
    mails: bool = False,
) -> list[Certificate]:
    """For each kind, one valid certificate per person whom the closed sheets say present.

    For a training's own documents: per person who completed it. Nothing new for who was erased, nor for
    whom it was revoked.
    """
    with transaction.atomic():
        held = _hold(session.pk)
        came = attended(session=held)
        _keep_from_erasure(held, came)
        valid: list[Certificate] = []
        for kind in [each for each in kinds_of(held) if each in kinds]:
            issuing = Issuing(session=held, kind=kind, came=came, by=by)
            valid += issuing.run(list(_people(held).filter(pk__in=_entitled(held, kind, came))))
        if mails:
            tell_issued(valid)
        return valid


def follow_correction(*, session: Session, by: User | None, thanked: Collection[int] = ()) -> Followed:
    """After a corrected sheet, assessment or name: what ``session`` certifies is what holds now.

    A certificate whose ground is gone is revoked, one that says something else replaced; who is present
    now gets what closing gives, but for an imported session, that issues on request. All are told, the
    ``thanked`` of their presence by another mail.
    """
    with transaction.atomic():
        held = _hold(session.pk)
        came, done = attended(session=held), Followed()
        _keep_from_erasure(held, {*came, *_certificates(held).values_list("registration", flat=True)})
        by_itself = held.completed_at is not None and not held.imported
        given = set(_certificates(held).values_list("kind", flat=True))
        given |= set(kinds_of(held)) if by_itself else set()
        for kind in [each for each in kinds_of(held) if each in given]:
            entitled = _entitled(held, kind, came)
            valid = _certificates(held).filter(kind=kind, status=Status.VALID)
            gone = valid.exclude(registration__in=entitled)
            done.revoked += end(list(gone), reason=NO_LONGER, decided_by=None, by=by)
            if not by_itself:
                entitled &= set(valid.values_list("registration", flat=True))
            issuing = Issuing(session=held, kind=kind, came=came, by=by)
            issuing.run(list(_people(held).filter(pk__in=entitled)))
            done.issued += [each for each in issuing.made if not each.replaces_id]
            done.replaced += [each for each in issuing.made if each.replaces_id]
        tell_revoked(done.revoked)
        news = [*done.issued, *done.replaced]
        tell_issued(
            [each for each in news if each.kind != Kind.PRESENCE or each.registration_id not in thanked]
        )
        return done


def revoke(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """From now on it does not hold any more, whoever verifies it; the person is told why."""
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError("Dites pourquoi : la personne le lira.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise DomainError(f"{REASON_LENGTH} signes au plus.", field="reason")
    with transaction.atomic():
        session = _hold(certificate.registration.session_id)
        _keep_from_erasure(session, [certificate.registration_id])
        held = _certificates(session).get(pk=certificate.pk)
        if held.status != Status.VALID:
            raise DomainError("Cette attestation n’est déjà plus valable : rechargez la page.")
        [revoked] = end([held], reason=reason, decided_by=by, by=by)
        tell_revoked([revoked])
        return revoked


def named_sessions(*, user: User) -> list[int]:
    """Sessions whose valid certificates bear the name of ``user``."""
    rows = Certificate.objects.filter(registration__user=user, status=Status.VALID)
    return sorted(set(rows.values_list("registration__session", flat=True)))


def follow_name(*, user: User, by: User | None) -> list[Certificate]:
    """After a corrected name: the new versions. The caller holds ``named_sessions``, then the account."""
    made: list[Certificate] = []
    for session in [_hold(pk) for pk in named_sessions(user=user)]:
        came = attended(session=session)
        own = _certificates(session).filter(registration__user=user, status=Status.VALID)
        for kind, registration in list(own.values_list("kind", "registration")):
            if registration in _entitled(session, kind, came):
                issuing = Issuing(session=session, kind=kind, came=came, by=by)
                issuing.run([_people(session).get(pk=registration)])
                made += issuing.made
    tell_issued(made)
    return made


def _hold(session_id: int) -> Session:
    seats.lock(session_id=session_id)
    return Session.objects.select_related("activity__organisation").get(pk=session_id)


def _keep_from_erasure(session: Session, registrations: Collection[int]) -> None:
    """Hold their accounts; what is read before may name somebody who is erased."""
    own = Registration.objects.filter(session=session, pk__in=registrations).order_by()
    held = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=own.values("user"))
    list(held.order_by("pk").values_list("pk", flat=True))


def _people(session: Session) -> QuerySet[Registration]:
    rows = Registration.objects.filter(session=session).order_by("pk")
    return rows.select_related("session__activity__organisation", "user")


def _certificates(session: Session) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(registration__session=session).order_by("pk")
    return rows.select_related("registration__session__activity__organisation", "registration__user")


def _entitled(session: Session, kind: str, came: Came) -> set[int]:
    return set(came) & completed(session=session) if kind in OF_TRAININGS else set(came)


def _obstacle(session: Session, registration: int, kind: str, came: Came) -> str:
    if kind not in kinds_of(session):
        return "Ce document n’existe que pour une formation."
    if registration not in came:
        return "Pas d’attestation sans présence sur une feuille d’émargement close."
    if registration not in _entitled(session, kind, came):
        return "Cette personne n’a pas achevé la formation : pas de document de formation à son nom."
    return ""
