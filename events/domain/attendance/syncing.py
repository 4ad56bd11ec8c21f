"""What a device kept while it had no network: marks through ``sync_marks``, people through this."""

from dataclasses import dataclass

from django.db import transaction

from events.domain import registration as registrations
from events.domain.attendance.writing import Noted, State, lock_open, noted, write
from events.domain.people import Person, checked, find_or_create_user
from events.models import Slot
from members.models import User


@dataclass(frozen=True)
class Arrived:
    """The registration of somebody sent from a device, and what is noted of them."""

    registration: int
    stands: Noted


def sync_walk_in(*, slot: Slot, person: Person, by: User) -> Arrived:
    """Somebody whom a device added: on the sheet once, however often it is sent.

    Present, unless something is noted already: a second sending undoes nobody's correction.
    """
    with transaction.atomic():
        find_or_create_user(checked(person))  # before the session is held: see ``seats.lock``
        session = lock_open(slot)
        registration = registrations.add_walk_in(session=session, person=person, by=by)
        stands = noted(slot).get(registration.pk)
        if stands is None:
            stands = (str(State.PRESENT), None)
            write(slot, {registration.pk: State.PRESENT}, by=by)
        return Arrived(registration.pk, stands)
