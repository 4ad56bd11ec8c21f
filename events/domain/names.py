"""By which name a paper that is made now calls somebody, and a name typed in one field."""

from common.errors import DomainError
from events.models import Registration


def name_today(registration: Registration) -> tuple[str, str]:
    """First and last name: as the person corrected them since they registered, or else as stated then.

    An account may hold what somebody else typed; only what its owner corrected, signed in, prevails.
    """
    owner = registration.user
    corrected = owner.name_corrected_at
    if corrected is not None and corrected > registration.registered_at:
        return owner.first_name, owner.last_name
    return registration.first_name, registration.last_name


def two_names(typed: str) -> tuple[str, str]:
    """First and last name of somebody whose whole name was typed at once.

    The last name is what is written in capitals, else all but the first word.
    """
    words = typed.split()
    if not words:
        raise DomainError("Indiquez son prénom et son nom.", field="full_name")
    if len(words) == 1:
        raise DomainError("Indiquez le prénom, puis le nom.", field="full_name")
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    return words[0], " ".join(words[1:])
