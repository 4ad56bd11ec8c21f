"""A sheet settled or corrected, and all that follows: completion, certificates, survey, one mail for both."""

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from certificates.domain.facts import OF_TRAININGS
from certificates.domain.issuing import follow_correction, issue_all
from certificates.domain.links import download_url
from certificates.domain.telling import tell_issued
from certificates.models import Certificate
from events.domain import attendance
from events.domain.attendance.countersigning import Strokes
from events.domain.attendance.writing import Marks, Minutes
from events.domain.links import invitation_token
from events.domain.notices import notify_all_after
from events.domain.people import Person
from events.domain.survey import open_survey
from events.models import AttendanceSheet, Message, Session, Slot
from members.models import User
from trainings.domain import completion


def close_sheet(*, slot: Slot, by: User, strokes: Strokes = ()) -> AttendanceSheet:
    """Settle ``slot``; with the last one, thank everybody who came, all in one transaction."""
    with transaction.atomic():
        sheet = attendance.close_sheet(slot=slot, by=by, strokes=strokes)
        session = slot.session
        if session.completed_at is not None:
            completion.settle(session=session, by=by)
            given = issue_all(session=session, by=by, kinds=(Certificate.Kind.PRESENCE, *OF_TRAININGS))
            _thank(session, certificates=given, people={each.registration_id for each in given})
            tell_issued([each for each in given if each.kind in OF_TRAININGS])
        return sheet


def correct_sheet(
    *,
    slot: Slot,
    marks: Marks,
    reason: str,
    by: User,
    minutes: Minutes | None = None,
    seen: int | None = None,
    forgotten: Person | None = None,
) -> AttendanceSheet:
    """A new version of a closed sheet; what was said, given or asked because of the old one follows it.

    Who counts as present only now gets what closing gives; who does not any more loses it.
    """
    with transaction.atomic():
        came = attendance.attended(session=slot.session)
        sheet = attendance.correct_sheet(
            slot=slot, marks=marks, minutes=minutes, reason=reason, by=by, seen=seen, forgotten=forgotten
        )
        session = slot.session
        thanks = session.completed_at is not None and not session.imported
        newcomers = set(attendance.attended(session=session)) - set(came) if thanks else set()
        thanked = _not_thanked_yet(session, newcomers) if newcomers else set()
        completion.settle(session=session, by=by)
        followed = follow_correction(session=session, by=by, thanked=thanked)
        if thanked:
            _thank(session, certificates=[*followed.issued, *followed.replaced], people=thanked)
        return sheet


def _not_thanked_yet(session: Session, people: Collection[int]) -> set[int]:
    """Who may still answer and was never asked; the others are told of their certificate alone."""
    asked = open_survey(session=session).invitations.filter(registration__in=people)
    told = Message.objects.filter(registration__in=people, kind="after")
    fresh = asked.exclude(registration__in=told.values("registration"))
    return set(fresh.values_list("registration", flat=True))


def _thank(session: Session, *, certificates: Collection[Certificate], people: Collection[int]) -> None:
    """Ask ``people`` what they think, with the way to their certificate of presence."""
    presence = Certificate.Kind.PRESENCE
    given = {each.registration_id: each for each in certificates if each.kind == presence}
    invitations = open_survey(session=session).invitations.filter(registration__in=people)
    notify_all_after(
        session=session,
        thanks=[
            (
                each.registration,
                reverse("events:survey", args=[invitation_token(each)]),
                download_url(given[each.registration_id]),
            )
            for each in invitations.select_related("registration").order_by("pk")
            if each.registration_id in given  # not somebody erased since
        ],
    )
