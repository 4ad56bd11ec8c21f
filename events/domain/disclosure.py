"""What a page may tell somebody who has just registered an address.

Anybody may type anybody's address. When it was registered already, or when its owner has reached the
season's limit, the page answers as it would have answered a newcomer who states the same, so that it
teaches nothing; the e-mail tells its owner the truth. ``limit`` is the season's, which holds for
everybody: a page that names it promises no seat before the e-mail.
"""

from dataclasses import dataclass

from common.errors import DomainError
from events.domain.admission import no_seat, season_limit
from events.domain.people import Person
from events.domain.registration import Outcome
from events.domain.registration.seating import is_their_turn
from events.domain.waiting import newcomer_position, waiting_position
from events.models import Registration, Session

State = Registration.State


@dataclass(frozen=True)
class Shown:
    """``position`` is 0 unless the state is the waiting list; ``known`` allows to say « déjà »."""

    state: str
    position: int = 0
    known: bool = False
    limit: int | None = None


def shown(*, outcome: Outcome, person: Person, is_theirs: bool, signed_in: bool = False) -> Shown:
    """``is_theirs``: the browser made this registration, or its owner is signed in.

    Raises ``DomainError`` where a newcomer would have been refused.
    """
    registration = outcome.registration
    session = Session.objects.get(pk=registration.session_id)
    if not outcome.created and is_theirs:
        return Shown(registration.state, waiting_position(registration), known=True)
    # A signed-in person was told of the limit at once, and is told nothing here.
    limit = None if signed_in else season_limit(session)
    if outcome.created:
        return Shown(registration.state, waiting_position(registration), limit=limit)
    return _as_newcomer(session, is_member=person.is_member, limit=limit)


def _as_newcomer(session: Session, *, is_member: bool, limit: int | None) -> Shown:
    seated = is_their_turn(session, is_member=is_member)
    if not seated and not session.waiting_list:
        raise DomainError(no_seat(session, is_member=is_member))
    if session.approval:
        return Shown(State.PENDING, limit=limit)
    if seated:
        return Shown(State.CONFIRMED, limit=limit)
    return Shown(State.WAITLISTED, newcomer_position(session, is_member=is_member), limit=limit)
