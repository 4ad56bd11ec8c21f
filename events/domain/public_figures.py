"""What a session that was held tells everybody: how many came, what they thought, never about a few."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef

from events.domain.report import satisfaction
from events.domain.survey import FLOOR
from events.models import Attendance, Registration, Session
from events.models.attendance import CAME


@dataclass(frozen=True)
class PublicFigures:
    """None: not known yet, or too few."""

    participants: int | None = None
    mark: Decimal | None = None
    answers: int = 0

    def __bool__(self) -> bool:
        return self.participants is not None or self.mark is not None


def public_figures(session: Session) -> PublicFigures:
    """Participants once every sheet is closed; a mark when its answers isolate nobody (see ``report``)."""
    if session.status != Session.Status.PUBLISHED or not session.completed_at:
        return PublicFigures()
    came = Registration.objects.filter(
        Exists(Attendance.objects.filter(registration=OuterRef("pk"), state__in=CAME)),
        session=session,
        state=Registration.State.CONFIRMED,
    ).count()
    mark, answers = satisfaction.mean(satisfaction.collect([session.activity_id]), [session.pk])
    return PublicFigures(came if came >= FLOOR else None, mark, answers)
