"""From one session of an organisation to another, as one event for the person."""

from dataclasses import fields

from django.db import transaction
from wagtail.log_actions import log

from common.errors import DomainError
from events.domain import admission, seats
from events.domain.people import Person
from events.domain.registration.registering import enter_session, overruled
from events.domain.registration.seating import fill_seats
from events.domain.registration.states import Source, State, active, enter, leave, new, tell
from events.models import ACTIVE_STATES, Answer, Registration, Session
from members.models import User


def move(*, registration: Registration, session: Session, by: User) -> Registration:
    """Leave one session for ``session``, whose rules the coordination may pass over; the new registration.

    A place if one is free there and nobody waits for it, else a rank. The person is told once, with both
    changes of their calendar. Raises ``DomainError``.
    """
    with transaction.atomic():
        source, target = _hold_both(registration, session)
        _check(registration, source, target)
        before = registration.state
        leave(source, registration)
        enter(registration, State.CANCELLED)
        person = Person(**{field.name: getattr(registration, field.name) for field in fields(Person)})
        entered = new(target, person, Source.STAFF, registration.user)
        limit = admission.limit_reached(session=target, user=registration.user)
        enter_session(target, entered, staff=True)
        _copy_answers(registration, entered)
        tell(entered, "transferred", previous=registration)
        data = {
            "from": {"session": source.pk, "registration": registration.pk, "state": before},
            "to": {"session": target.pk, "registration": entered.pk, "state": entered.state},
            "overruled": overruled(target, entered, limit=limit),
        }
        for each in (registration, entered):
            log(instance=each, action="escale.transfer", user=by, data=data)
        fill_seats(session=source)
        return entered


def _hold_both(registration: Registration, session: Session) -> tuple[Session, Session]:
    """Always in the same order, so that two moves that cross never wait for each other."""
    held = {pk: seats.lock(session_id=pk) for pk in sorted({registration.session_id, session.pk})}
    registration.refresh_from_db()
    registration.session = held[registration.session_id]
    return registration.session, held[session.pk]


def _check(registration: Registration, source: Session, target: Session) -> None:
    if source == target:
        raise DomainError("Choisissez une autre session.", field="session")
    if source.activity.organisation_id != target.activity.organisation_id:
        raise DomainError("Choisissez une session de la même structure.", field="session")
    if registration.state not in ACTIVE_STATES:
        raise DomainError("Cette inscription n’est plus active : inscrivez la personne à l’autre session.")
    if source.completed_at or registration.attendances.exists():
        raise DomainError("La présence de cette personne est déjà notée : son inscription ne change plus.")
    if active(target).filter(user=registration.user_id).exists():
        raise DomainError("Cette personne est déjà inscrite à cette session.", field="session")


def _copy_answers(registration: Registration, entered: Registration) -> None:
    """What was answered to the same questions need not be asked again."""
    if registration.session.question_set_id != entered.session.question_set_id:
        return
    copies = list(registration.answers.all())
    for answer in copies:
        answer.pk, answer.registration, answer._state.adding = None, entered, True
    Answer.objects.bulk_create(copies)
