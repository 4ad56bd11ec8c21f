"""Closing the last sheet of a session: survey, certificates and the message that carries both."""

from django.db import transaction
from django.urls import reverse

from certificates.domain.issuing import issue_all
from certificates.domain.links import download_url
from events.domain import attendance
from events.domain.links import invitation_token
from events.domain.notices import notify_all_after
from events.domain.survey import open_survey
from events.models import AttendanceSheet, Session, Slot
from members.models import User


def close_sheet(*, slot: Slot, by: User) -> AttendanceSheet:
    """Settle ``slot``; with the last one, thank everybody who came, all in one transaction."""
    with transaction.atomic():
        sheet = attendance.close_sheet(slot=slot, by=by)
        if slot.session.completed_at is not None:
            _thank(slot.session, by=by)
        return sheet


def _thank(session: Session, *, by: User) -> None:
    survey = open_survey(session=session)
    certificates = {each.registration_id: each for each in issue_all(session=session, by=by)}
    invitations = survey.invitations.select_related("registration").order_by("pk")
    notify_all_after(
        session=session,
        thanks=[
            (
                each.registration,
                reverse("events:survey", args=[invitation_token(each)]),
                download_url(certificates[each.registration_id]),
            )
            for each in invitations
            if each.registration_id in certificates  # not somebody erased since
        ],
    )
