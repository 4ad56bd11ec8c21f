"""A session or a season again: everything but the people, and no message until somebody says so."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.batches import BatchError
from events.domain.copying import Copy, copy_season, copy_session, next_season
from events.domain.recurrence import moment
from events.domain.sessions import SlotTimes, cancel_session
from events.models import JournalEntry, Message, QuestionSet, Registration, Session, SessionRole
from tests import factories

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2027, 10, 21), date(2027, 11, 18)


def slot(day: date, start: int, end: int, label: str = "") -> SlotTimes:
    return SlotTimes(moment(day, time(start)), moment(day, time(end)), label)


def original(day: date = OCTOBER, **fields: object) -> Session:
    return factories.make_session(slots=[slot(day, 9, 12, "Matin"), slot(day, 14, 17)], **fields)


def test_a_copy_keeps_slots_place_roles_rules_and_questions_across_a_clock_change() -> None:
    activity = factories.make_activity()
    questions = QuestionSet.objects.create(organisation=activity.organisation, name="Repas")
    session = original(
        activity=activity,
        question_set=questions,
        approval=True,
        professions=["60"],
        overbooking_percent=25,
        description="Respirer.",
        address="1 quai de Southampton",
        opens_at=moment(date(2027, 9, 21), time(8)),
        members_first_until=moment(date(2027, 10, 14), time(9)),
    )
    trainer = factories.make_user()
    SessionRole.objects.create(session=session, role="formation", name="Une formatrice", user=trainer)
    SessionRole.objects.create(session=session, role="intervention", name="Un invité")

    copy = copy_session(session=session, day=NOVEMBER, by=None)

    assert [(s.starts_at, s.ends_at, s.label) for s in copy.slots.all()] == [
        (moment(NOVEMBER, time(9)), moment(NOVEMBER, time(12)), "Matin"),
        (moment(NOVEMBER, time(14)), moment(NOVEMBER, time(17)), ""),
    ]
    assert copy.opens_at == moment(date(2027, 10, 19), time(8))
    assert copy.members_first_until == moment(date(2027, 11, 11), time(9))
    for name in ("title", "description", "address", "place_name", "capacity", "overbooking", "approval"):
        assert getattr(copy, name) == getattr(session, name), name
    assert (copy.question_set, copy.professions) == (questions, ["60"])
    assert list(copy.roles.values_list("role", "name", "user")) == [
        ("formation", "Une formatrice", trainer.pk),
        ("intervention", "Un invité", None),
    ]


def test_a_copy_has_no_people_is_a_draft_and_keeps_silent() -> None:
    session = original(capacity=1)
    factories.make_registration(session)
    factories.make_registration(session)  # waits
    said = Message.objects.count()

    copy = copy_session(session=session, day=NOVEMBER, by=None)

    assert copy.status == Session.Status.DRAFT
    assert copy.messages_paused is True
    assert (copy.seats_taken, copy.waiting, copy.excess, copy.sequence) == (0, 0, 0, 0)
    assert not Registration.objects.filter(session=copy).exists()
    assert copy.uid != session.uid
    assert Message.objects.count() == said


def test_a_cancelled_or_imported_session_gives_an_ordinary_one() -> None:
    session = original(imported=True)
    cancel_session(session=session, reason="Salle fermée", by=None)
    copy = copy_session(session=session, day=NOVEMBER, by=None)
    assert (copy.status, copy.cancellation_reason, copy.imported) == (Session.Status.DRAFT, "", False)


def test_a_copy_to_its_own_day_is_refused_unless_it_has_a_title_of_its_own() -> None:
    session = original()
    with pytest.raises(DomainError, match="changez le jour ou le titre"):
        copy_session(session=session, day=OCTOBER, by=None)
    assert copy_session(session=session, day=OCTOBER, title="Groupe 2", by=None).title == "Groupe 2"


def test_a_day_whose_hour_does_not_exist_is_refused() -> None:
    night = factories.make_session(slots=[SlotTimes(moment(OCTOBER, time(2, 15)), moment(OCTOBER, time(4)))])
    with pytest.raises(DomainError, match="changement d’heure"):
        copy_session(session=night, day=date(2028, 3, 26), by=None)


def test_a_season_goes_to_the_same_rank_a_year_later_or_so_many_weeks_later() -> None:
    session = original()
    assert next_season(session, weeks=None) == date(2028, 10, 19)
    assert next_season(session, weeks=52) == date(2028, 10, 19)
    assert next_season(session, weeks=1) == date(2027, 10, 28)


def test_a_season_is_copied_published_with_its_messages_off_and_only_once() -> None:
    activity = factories.make_activity()
    by = factories.make_coordinator(activity.organisation)
    season = [original(day, activity=activity) for day in (OCTOBER, NOVEMBER)]
    copies = [Copy(session, next_season(session, weeks=None)) for session in season]

    batch = copy_season(copies=copies, publish=True, by=by)

    assert [timezone.localdate(one.starts_at) for one in batch.created] == [
        date(2028, 10, 19),
        date(2028, 11, 16),
    ]
    assert {(one.status, one.messages_paused) for one in batch.created} == {(Session.Status.PUBLISHED, True)}
    assert JournalEntry.objects.filter(action="escale.create", user=by).count() == 2
    again = copy_season(copies=copies, publish=True, by=by)
    assert (len(again.created), len(again.skipped)) == (0, 2)


def test_one_refused_copy_leaves_no_other() -> None:
    activity = factories.make_activity()
    good = original(activity=activity)
    bad = factories.make_session(
        activity, slots=[SlotTimes(moment(OCTOBER, time(2, 15)), moment(OCTOBER, time(4)))]
    )
    with pytest.raises(BatchError) as refusal:
        copy_season(copies=[Copy(good, NOVEMBER), Copy(bad, date(2028, 3, 26))], publish=False, by=None)
    assert refusal.value.index == 1
    assert Session.objects.count() == 2


def test_a_season_is_copied_one_activity_at_a_time() -> None:
    with pytest.raises(DomainError, match="un dispositif à la fois"):
        copy_season(
            copies=[Copy(original(), NOVEMBER), Copy(original(), NOVEMBER + timedelta(days=1))],
            publish=False,
            by=None,
        )
