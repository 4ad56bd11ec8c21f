"""A certificate exists only for attendance that a closed sheet records; its text is a snapshot."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from certificates.domain.numbers import new_number
from certificates.models import Certificate
from common.errors import DomainError
from events.domain import attendance, seats
from events.domain.names import name_today
from events.models import Registration, Session, Slot
from members.models import User


def issue(*, registration: Registration, by: User | None) -> Certificate:
    """The valid certificate of ``registration``, issued if need be; repeatable.

    If the closed sheets say something else than the valid one, a new one replaces it.
    """
    with transaction.atomic():
        session = seats.lock(session_id=registration.session_id)
        came = attendance.attended(session=session).get(registration.pk)
        if registration.user.erased_at is not None:
            raise DomainError("Cette personne a fait effacer ses données : plus d’attestation à son nom.")
        if not came:
            raise DomainError("Pas d’attestation sans présence sur une feuille d’émargement close.")
        [certificate] = _issue([registration], {registration.pk: came}, by=by)
        return certificate


def issue_all(*, session: Session, by: User | None) -> list[Certificate]:
    """One certificate for each person, not erased since, whom the closed sheets say present."""
    with transaction.atomic():
        seats.lock(session_id=session.pk)
        came = attendance.attended(session=session)
        named = Registration.objects.filter(pk__in=came, user__erased_at=None)
        people = named.select_related("session__activity__organisation", "user")
        return _issue(list(people), came, by=by)


def _issue(
    people: Sequence[Registration], came: Mapping[int, list[Slot]], *, by: User | None
) -> list[Certificate]:
    """In the order of ``people``; only the lines of the journal are written one by one."""
    valid = Certificate.objects.filter(
        registration__in=people, kind=Certificate.Kind.PRESENCE, status=Certificate.Status.VALID
    )
    standing = {each.registration_id: each for each in valid}
    issued = {}
    for registration in people:
        facts, known = _facts(registration, came[registration.pk]), standing.get(registration.pk)
        if known is None or known.facts["slots"] != facts["slots"]:
            issued[registration.pk] = Certificate(
                registration=registration,
                number=new_number(),
                facts=facts,
                issued_at=timezone.now(),
                issued_by=by,
            )
    replaced = [known.pk for pk, known in standing.items() if pk in issued]
    Certificate.objects.filter(pk__in=replaced).update(status=Certificate.Status.REPLACED)
    Certificate.objects.bulk_create(issued.values())
    for pk, certificate in issued.items():
        replaces = standing[pk].pk if pk in standing else None
        data = {"registration": pk, "replaces": replaces}
        log(instance=certificate, action="escale.issue", user=by, data=data)
    return [issued.get(each.pk) or standing[each.pk] for each in people]


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
    first_name, last_name = name_today(registration)
    return {
        "person": f"{first_name} {last_name}".strip(),
        "person_short": f"{first_name} {last_name[:1]}.",
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
