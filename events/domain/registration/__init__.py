"""Registering, withdrawing, promoting, moving: the one writer of a registration's state.

A newcomer to an ordinary session takes a seat by a guarded update (see ``seats``). Every other change
of state happens while the session's row is held, so that no seat stays free while somebody who may
have it waits. ``states`` writes; each other module holds the rules of one kind of event.
"""

from events.domain.admission import FULL
from events.domain.registration.deciding import approve, decline, promote
from events.domain.registration.leaving import cancel_all, withdraw
from events.domain.registration.moving import move
from events.domain.registration.offering import accept_offer, decline_offer, expire_offers
from events.domain.registration.recording import (
    Imported,
    ImportRow,
    add_walk_in,
    import_registration,
    import_registrations,
)
from events.domain.registration.registering import Outcome, register
from events.domain.registration.seating import fill_due, fill_seats
from events.domain.registration.several import AT_ONCE, register_many

__all__ = [
    "AT_ONCE",
    "FULL",
    "ImportRow",
    "Imported",
    "Outcome",
    "accept_offer",
    "add_walk_in",
    "approve",
    "cancel_all",
    "decline",
    "decline_offer",
    "expire_offers",
    "fill_due",
    "fill_seats",
    "import_registration",
    "import_registrations",
    "move",
    "promote",
    "register",
    "register_many",
    "withdraw",
]
