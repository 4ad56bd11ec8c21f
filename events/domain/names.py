"""By which name a paper that is made now calls somebody."""

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
