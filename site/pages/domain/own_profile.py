"""Correcting one's profile, and what was printed under the old name."""

from typing import Any

from django.db import transaction

from certificates.domain.issuing import follow_name, named_sessions
from events.domain import seats
from members.domain.profile import NAME, correct_profile
from members.models import User


def correct_own_profile(*, user: User, by: User, **facts: Any) -> tuple[str, ...]:
    """``correct_profile``; with a corrected name, each valid certificate gets a version that bears it."""
    with transaction.atomic():
        # Sessions are held before accounts, everywhere.
        seats.lock_all(session_ids=named_sessions(user=user))
        changed = correct_profile(user=user, by=by, **facts)
        if set(changed) & set(NAME):
            follow_name(user=user, by=by)
        return changed
