"""What a page may tell somebody who has just registered an address.

Anybody may type anybody's address. When it was registered already, or when its owner has reached the
season's limit, the page answers as it would have answered a newcomer who states the same, so that it
teaches nothing; the e-mail tells its owner the truth. ``limit`` is the season's, which holds for
everybody: a page that names it promises no seat before the e-mail.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from events.domain.admission import no_seat, non_members_from, season_limit
from events.domain.people import Person
from events.domain.registration import Outcome
from events.domain.registration.seating import is_their_turn
from events.domain.registration.several import naming
from events.domain.waiting import is_members_first, newcomer_position, waiting_position
from events.models import Registration, Session

State = Registration.State


@dataclass(frozen=True)
class Shown:
    """``position`` is 0 unless the state is the waiting list; ``known`` allows to say « déjà ».

    ``why`` tells somebody who waits although seats are free.
    """

    state: str
    position: int = 0
    known: bool = False
    limit: int | None = None
    why: str = ""


def shown(*, outcome: Outcome, person: Person, is_theirs: bool, signed_in: bool = False) -> Shown:
    """``is_theirs``: the browser made this registration, or its owner is signed in.

    Raises ``DomainError`` where a newcomer would have been refused.
    """
    registration = outcome.registration
    if outcome.created:  # its session was read with the rule, and its rank with the session
        limit = None if signed_in else season_limit(registration.session)
        return _as_it_is(registration, limit=limit, position=getattr(registration, "position", None))
    session = Session.objects.select_related("activity__settings").get(pk=registration.session_id)
    # A signed-in person was told of the limit at once.
    limit = None if signed_in else season_limit(session)
    if is_theirs:
        return _as_it_is(registration, known=True)
    return _as_newcomer(session, is_member=person.is_member, limit=limit)


def shown_many(
    *, outcomes: Sequence[Outcome], person: Person, theirs: Container[int], signed_in: bool = False
) -> list[Shown]:
    """``shown`` for each; ``theirs`` holds the keys of the registrations that are known to be the visitor's.

    A refusal names its session, as that of a newcomer does.
    """
    found = []
    for outcome in outcomes:
        registration = outcome.registration
        with naming(registration.session):
            one = shown(
                outcome=outcome, person=person, is_theirs=registration.pk in theirs, signed_in=signed_in
            )
        found.append(one)
    return found


def _as_it_is(
    registration: Registration, *, known: bool = False, limit: int | None = None, position: int | None = None
) -> Shown:
    position = waiting_position(registration) if position is None else position
    why = _why(registration.session, is_member=registration.is_member) if position else ""
    return Shown(registration.state, position, known, limit, why)


def _as_newcomer(session: Session, *, is_member: bool, limit: int | None) -> Shown:
    seated = is_their_turn(session, is_member=is_member)
    if not seated and not session.waiting_list:
        raise no_seat(session, is_member=is_member)
    if session.approval:
        return Shown(State.PENDING, limit=limit)
    if seated:
        return Shown(State.CONFIRMED, limit=limit)
    position = newcomer_position(session, is_member=is_member)
    return Shown(State.WAITLISTED, position, limit=limit, why=_why(session, is_member=is_member))


def _why(session: Session, *, is_member: bool) -> str:
    return "" if is_member or not is_members_first(session) else non_members_from(session)
