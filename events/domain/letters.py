"""What a newcomer is told, written before anything is held: others wait for whoever holds a session.

The text, the invitation and the subject are made as if the person were stored; what only their row says
(its key in the personal links, the rank, the key of the message) is put in afterwards. The message is, to the
letter, the one that ``notices.news`` makes: where that cannot be, ``suits`` says no.
"""

from dataclasses import dataclass

from events.domain.links import registration_token
from events.domain.notices import key_of, news
from events.models import Message, Registration, Session

State = Registration.State
DIGIT = "\ue000"  # stands for one of the rank: of a private area, which no name holds


@dataclass(frozen=True)
class Letter:
    message: Message
    version: int  # of the session that it tells of
    token: str  # stands where the person's own will
    rank: str

    def suits(self, registration: Registration, session: Session) -> bool:
        """Whether this is what the stored ``registration`` is to be told, lines as long as they were cut."""
        rank = str(registration.position)  # type: ignore[attr-defined]
        as_long = self.rank.startswith(DIGIT) and len(rank) == len(self.rank) and rank != "1"  # « 1re »
        same_rank = rank == self.rank or as_long
        return registration.state == self.message.kind and session.version == self.version and same_rank

    def to(self, registration: Registration) -> Message:
        """The message, to be queued; once."""
        message, rank = self.message, str(registration.position)  # type: ignore[attr-defined]
        message.registration = registration
        message.key = key_of(registration, message.kind)
        body = message.body.replace(self.token, registration_token(registration))
        message.body = body.replace(self.rank, rank)
        return message


def compose(*, registration: Registration, session: Session, state: State) -> Letter:
    """The letter to somebody not yet stored, should they enter ``session`` in ``state``.

    ``session`` with its organisation and slots.
    """
    rank = session.waiting + 1 if state == State.WAITLISTED else 0
    before = registration.state
    registration.state = state
    # The rank may be another one by then; the first is said in another word.
    registration.position = rank if rank < 2 else DIGIT * len(str(rank))  # type: ignore[attr-defined]
    message = news(registration=registration, kind=str(state), session=session)
    rank_said = str(registration.position)  # type: ignore[attr-defined]
    registration.state = before
    return Letter(message, session.version, registration_token(registration), rank_said)
