"""What who trains says of each person, and all that follows: completion, then its documents."""

from django.db import transaction

from certificates.domain.issuing import Followed, follow_correction
from events.models import Session
from members.models import User
from trainings.domain import completion
from trainings.domain.assessing import Levels, write_assessments


def assess(*, session: Session, levels: Levels, by: User, seen: Levels | None = None) -> tuple[int, Followed]:
    """Store what changed; once the last sheet is closed, documents say it, appear or go with it.

    Returns how many people it concerns, and what became of documents.
    """
    with transaction.atomic():
        changed = write_assessments(session=session, levels=levels, by=by, seen=seen)
        followed = Followed()
        if changed:
            completion.settle(session=session, by=by)
            followed = follow_correction(session=session, by=by)
        return changed, followed
