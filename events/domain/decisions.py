"""Deciding about a person whose state may have changed since the screen was opened."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from common.errors import DomainError
from events.domain import seats
from events.models import Registration, Session

T = TypeVar("T")


def as_seen(*, registration: Registration, seen: str, act: Callable[[], T], to: Session | None = None) -> T:
    """``act()`` if the registration is still in the state ``seen``, its session held meanwhile.

    ``to`` is the other session that ``act`` touches. Raises ``DomainError`` when somebody else, or the
    person, decided otherwise in between: nothing is overwritten.
    """
    involved = sorted({registration.session_id, to.pk} if to else {registration.session_id})
    with transaction.atomic():
        for pk in involved:  # always in the same order: two moves never wait for each other
            seats.lock(session_id=pk)
        now = Registration.objects.values_list("state", flat=True).get(pk=registration.pk)
        if now != seen:  # a form that does not say what it showed decides nothing
            label = Registration.State(now).label
            raise DomainError(
                f"L’inscription de {registration.full_name} a changé entre-temps : elle est maintenant "
                f"« {label} ». Rien n’a été modifié."
            )
        return act()
