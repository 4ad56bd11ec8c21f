"""Whose answer is still awaited: invited, concerned as sheets stand now, and silent so far."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Attendance, Registration, Survey, SurveyInvitation
from events.models.attendance import CAME


def awaited(*, now: datetime) -> QuerySet[SurveyInvitation]:
    """Before: whoever is still confirmed. Afterwards: whoever a slot still says present.

    A corrected sheet takes the right to answer, not the invitation: the count of those would tell who
    had not answered.
    """
    came = Attendance.objects.filter(registration=OuterRef("registration"), state__in=CAME)
    before = Q(survey__moment=Survey.Moment.BEFORE)
    return SurveyInvitation.objects.filter(
        (before & Q(registration__state=Registration.State.CONFIRMED)) | (~before & Exists(came)),
        answered=False,
        survey__unsealed_at=None,
        survey__closes_at__gt=now,
    )
