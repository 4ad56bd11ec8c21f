"""A certificate exists only for attendance that a closed sheet records; its text is a snapshot."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from certificates.domain.numbers import new_number
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import attendance, seats
from events.models import Registration, Session, Slot
from members.models import User


def issue(*, registration: Registration, by: User | None) -> Certificate:
    """The valid certificate of ``registration``, issued if need be; repeatable.

    If the closed sheets say something else than the valid one, a new one replaces it.
    """
    with transaction.atomic():
        session = seats.lock(session_id=registration.session_id)
        came = attendance.attended(session=session).get(registration.pk)
        if not came:
            raise DomainError("Pas d’attestation sans présence sur une feuille d’émargement close.")
        return _issue(registration, came, by=by)


def issue_all(*, session: Session, by: User | None) -> list[Certificate]:
    """One certificate for each person whom the closed sheets of ``session`` say present."""
    with transaction.atomic():
        seats.lock(session_id=session.pk)
        came = attendance.attended(session=session)
        people = Registration.objects.filter(pk__in=came).select_related("session__activity__organisation")
        return [_issue(registration, came[registration.pk], by=by) for registration in people]


def _issue(registration: Registration, came: list[Slot], *, by: User | None) -> Certificate:
    facts = _facts(registration, came)
    standing = registration.certificates.filter(
        kind=Certificate.Kind.PRESENCE, status=Certificate.Status.VALID
    ).first()
    if standing is not None:
        if standing.facts["slots"] == facts["slots"]:
            return standing
        standing.status = Certificate.Status.REPLACED
        standing.save(update_fields=["status"])
    certificate = Certificate.objects.create(
        registration=registration,
        number=new_number(),
        facts=facts,
        issued_at=timezone.now(),
        issued_by=by,
    )
    log(
        instance=certificate,
        action="escale.issue",
        user=by,
        data={"registration": registration.pk, "replaces": standing.pk if standing else None},
    )
    return certificate


def _facts(registration: Registration, came: list[Slot]) -> dict[str, Any]:
    session = registration.session
    organisation = session.activity.organisation
    slots = [
        {
            "starts_at": timezone.localtime(slot.starts_at).isoformat(),
            "ends_at": timezone.localtime(slot.ends_at).isoformat(),
            "minutes": slot.minutes,
        }
        for slot in came
    ]
    return {
        "person": registration.full_name,
        "person_short": f"{registration.first_name} {registration.last_name[:1]}.",
        "profession": registration.get_profession_display(),
        "organisation": organisation.name,
        "organisation_city": organisation.city,
        "signatory": organisation.signatory,
        "activity": session.activity.title,
        "title": session.title,
        "place": ", ".join(filter(None, [session.place_name, session.city])),
        "slots": slots,
        "minutes": sum(slot.minutes for slot in came),
        "issued_on": timezone.localdate().isoformat(),
    }
