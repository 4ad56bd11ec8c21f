"""What a page may tell somebody who has just registered an address.

Anybody may type anybody's address. When it was registered already, the page answers as it would
have answered a newcomer, so that it teaches nothing; the e-mail tells its owner the truth.
"""

from dataclasses import dataclass

from common.errors import DomainError
from events.domain.registration import FULL, Outcome
from events.domain.waiting import waiting_position
from events.models import Registration, Session


@dataclass(frozen=True)
class Shown:
    """``position`` is 0 unless the state is the waiting list; ``known`` allows to say « déjà »."""

    state: str
    position: int = 0
    known: bool = False


def shown(*, outcome: Outcome, is_theirs: bool) -> Shown:
    """``is_theirs``: the browser made this registration, or its owner is signed in.

    Raises ``DomainError`` where a newcomer would have been refused.
    """
    if outcome.created or is_theirs:
        return _truth(outcome.registration, known=not outcome.created)
    return _as_newcomer(Session.objects.get(pk=outcome.registration.session_id))


def _truth(registration: Registration, *, known: bool) -> Shown:
    return Shown(registration.state, waiting_position(registration), known)


def _as_newcomer(session: Session) -> Shown:
    if not session.is_full:
        return Shown(Registration.State.CONFIRMED)
    if not session.waiting_list:
        raise DomainError(FULL)
    return Shown(Registration.State.WAITLISTED, session.waiting + 1)
