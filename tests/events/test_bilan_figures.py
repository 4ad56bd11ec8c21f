"""What the bilan counts beyond the sample: each figure on rows made for it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.domain import attendance, survey
from events.domain.report import Group, Period, Report, compared, report, small_groups_merged
from events.domain.report.charts import cities, columns, moments, professions
from events.domain.sessions import SlotTimes
from events.models import ActivityPage, Registration, Session, Survey
from tests import factories

pytestmark = pytest.mark.django_db
PARIS = timezone.get_default_timezone()


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity()


def at(day: date, hour: int, hours: float = 2) -> SlotTimes:
    start = timezone.make_aware(datetime.combine(day, time(hour)), PARIS)
    return SlotTimes(start, start + timedelta(hours=hours))


def held(activity: ActivityPage, day: date, came: list[int], *, absent: int = 0, **fields: object) -> Session:
    """A closed session of ``day`` at 19:00 where the people of those numbers came."""
    session = factories.make_session(activity, slots=[at(day, 19)], **fields)
    people = [register(session, number) for number in came]
    for number in range(absent):
        register(session, 900 + number)
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={each.pk: "present" for each in people}, by=None)
    attendance.close_sheet(slot=slot, by=factories.make_admin())
    session.refresh_from_db()
    return session


def register(session: Session, number: int, **fields: object) -> Registration:
    return factories.make_registration(session, email=f"p{number}@example.org", **fields)


def set_state(registration: Registration, state: str, *, waited: bool = False) -> None:
    Registration.objects.filter(pk=registration.pk).update(state=state, waited=waited)


def found(activity: ActivityPage) -> Report:
    return report(activities=[activity])


def test_who_came_back_is_counted_over_the_participants(activity: ActivityPage) -> None:
    held(activity, date(2025, 10, 1), [1, 2, 3])
    held(activity, date(2025, 10, 8), [1, 2, 4])
    figures = found(activity)
    assert (figures.returning, figures.participants, figures.participations) == (2, 4, 6)


def test_no_show_is_counted_where_every_sheet_is_closed(activity: ActivityPage) -> None:
    held(activity, date(2025, 10, 1), [1, 2], absent=3)
    open_one = factories.make_session(activity, slots=[at(date(2025, 10, 8), 19)])
    register(open_one, 1)
    figures = found(activity)
    assert (figures.absent, figures.expected) == (3, 5)
    assert figures.registrations == 6


def test_two_half_days_make_one_participation_and_the_hours_attended(activity: ActivityPage) -> None:
    day = date(2025, 10, 1)
    session = factories.make_session(activity, slots=[at(day, 9, 3), at(day, 14, 2.5)])
    both, morning = register(session, 1), register(session, 2)
    first, second = session.slots.all()
    attendance.mark(slot=first, marks={both.pk: "present", morning.pk: "late"}, by=None)
    attendance.mark(slot=second, marks={both.pk: "present", morning.pk: "absent"}, by=None)
    figures = found(activity)
    assert (figures.participations, figures.participants) == (2, 2)
    assert figures.minutes_offered == 330
    assert (figures.expected, figures.minutes_attended) == (0, 0)  # nothing is closed yet
    for slot in (first, second):
        attendance.close_sheet(slot=slot, by=factories.make_admin())
    assert found(activity).minutes_attended == 330 + 180


def test_waiting_pressure_counts_who_waited_and_who_never_sat(activity: ActivityPage) -> None:
    session = factories.make_session(activity, slots=[at(date(2025, 10, 1), 19)])
    promoted, stayed, expired, left, _came = (register(session, number) for number in range(5))
    set_state(promoted, "confirmed", waited=True)
    set_state(stayed, "waitlisted", waited=True)
    set_state(expired, "expired")
    set_state(left, "withdrawn")
    figures = found(activity)
    assert (figures.waited, figures.unseated, figures.withdrawn) == (3, 2, 1)
    assert figures.registrations == 5


def test_cancelled_sessions_are_counted_apart(activity: ActivityPage) -> None:
    held(activity, date(2025, 10, 1), [1])
    factories.make_session(activity, days=-3, status=Session.Status.CANCELLED)
    figures = found(activity)
    assert (figures.sessions, figures.cancelled, figures.places) == (1, 1, 12)


def test_a_season_is_compared_with_the_one_before(activity: ActivityPage) -> None:
    held(activity, date(2024, 9, 1), [1, 2, 3])
    held(activity, date(2025, 8, 31), [1, 2])
    held(activity, date(2025, 9, 1), [1])
    bilan = compared(activities=[activity], period=Period.season(2025))
    assert bilan.current.participations == 1
    assert bilan.previous is not None
    assert bilan.previous.participations == 5
    assert compared(activities=[activity], period=Period.season(2024)).previous is None


def test_free_dates_are_compared_with_as_many_days_just_before() -> None:
    before = Period(date(2025, 3, 11), date(2025, 3, 20)).previous(date(2026, 1, 1))
    assert before is not None
    assert (before.since, before.until) == (date(2025, 3, 1), date(2025, 3, 10))
    open_end = Period(date(2025, 12, 22)).previous(date(2025, 12, 31))
    assert open_end is not None
    assert (open_end.since, open_end.until) == (date(2025, 12, 12), date(2025, 12, 21))
    assert Period(until=date(2025, 3, 20)).previous(date(2026, 1, 1)) is None


def test_evenings_stay_on_their_hour_across_the_clock_changes(activity: ActivityPage) -> None:
    people = [1, 2, 3, 4, 5]
    for day in (date(2025, 10, 23), date(2025, 10, 30), date(2026, 3, 26), date(2026, 4, 2)):
        held(activity, day, people)
    [line] = moments(found(activity))
    assert line.label.replace("\N{NO-BREAK SPACE}", " ") == "jeudi, 19 h"
    assert (line.sessions, line.value) == (4, 20)


def test_a_town_of_few_people_is_merged_however_often_they_come(activity: ActivityPage) -> None:
    for week in range(4):
        held(activity, date(2025, 10, 1) + timedelta(days=7 * week), [1, 2, 3], city="Étretat")
    held(activity, date(2025, 11, 5), [4, 5, 6, 7, 8, 9], city="Le Havre")
    held(activity, date(2025, 11, 12), [4, 5, 6, 7, 8], city="Rouen")
    shown = {line.label: line.value for line in cities(found(activity))}
    assert shown == {"Le Havre": 6, "Autres communes": 17}


def test_a_town_of_small_sessions_is_shown_when_five_people_came_there(activity: ActivityPage) -> None:
    held(activity, date(2025, 10, 1), [1, 2, 3], city="Étretat")
    held(activity, date(2025, 10, 8), [3, 4, 5], city="Étretat")
    assert [(line.label, line.value) for line in cities(found(activity))] == [("Étretat", 6)]


def test_the_same_few_people_in_two_groups_are_not_taken_for_five() -> None:
    few = frozenset({1, 2, 3})
    groups = [
        Group("A", 3, 3, people=few),
        Group("B", 3, 3, people=few),
        Group("C", 0, 0),
        Group("D", 9, 9),
    ]
    assert [each.label for each in small_groups_merged(groups)] == ["Autres"]


def test_a_lone_profession_of_few_people_is_not_named(activity: ActivityPage) -> None:
    held(activity, date(2025, 10, 1), [1, 2])
    assert [line.label for line in professions(found(activity))] == ["Autres"]


def test_months_without_a_session_keep_their_place(activity: ActivityPage) -> None:
    held(activity, date(2025, 11, 6), [1])
    held(activity, date(2026, 2, 5), [1, 2])
    assert [(each.label, each.value) for each in columns(found(activity))] == [
        ("nov.", 1),
        ("déc.", 0),
        ("janv.", 0),
        ("févr.", 2),
    ]


def test_many_years_are_drawn_by_season(activity: ActivityPage) -> None:
    held(activity, date(2021, 11, 6), [1])
    held(activity, date(2026, 2, 5), [1])
    assert [each.label for each in columns(found(activity))] == [
        "2021-2022",
        "2022-2023",
        "2023-2024",
        "2024-2025",
        "2025-2026",
    ]


def rated(activity: ActivityPage, day: date, marks: list[int], silent: int = 0) -> Survey:
    """A session whose survey has those answers, and ``silent`` people who may still answer."""
    return rate(held(activity, day, list(range(len(marks) + silent))), marks)


def rate(session: Session, marks: list[int]) -> Survey:
    opened = survey.open_survey(session=session)
    for invitation, score in zip(opened.invitations.order_by("pk"), marks, strict=False):
        survey.answer(invitation=invitation, values={"note": score})
    survey.unseal_due()
    return opened


def close(opened: Survey) -> None:
    Survey.objects.filter(pk=opened.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    survey.unseal_due()


def test_a_mark_given_after_the_others_cannot_be_subtracted(activity: ActivityPage) -> None:
    """While somebody may still answer, the survey's marks are not counted: two days would tell his."""
    opened = rated(activity, date(2025, 10, 1), [8, 8, 8, 8, 8], silent=1)
    assert found(activity).satisfaction is None
    close(opened)
    assert found(activity).ratings == 5


def test_a_block_that_was_shown_never_changes(activity: ActivityPage) -> None:
    long_open = held(activity, date(2025, 9, 1), [1, 2, 3])
    rated(activity, date(2025, 10, 1), [8] * 6)
    before = found(activity)
    rated(activity, date(2025, 10, 8), [0, 0])  # a rest of fewer than five waits
    after = found(activity)
    assert (after.satisfaction, after.ratings) == (before.satisfaction, before.ratings)
    rate(long_open, [9, 9, 9])  # held before, asked after
    figures = found(activity)
    assert (figures.satisfaction, figures.ratings) == (Decimal("6.8"), 11)
    first = report(activities=[activity], until=date(2025, 10, 5))
    assert (first.satisfaction, first.ratings) == (Decimal("8.0"), 6)  # not the marks of 1 September
    between = report(activities=[activity], since=date(2025, 9, 15), until=date(2025, 10, 5))
    assert (between.satisfaction, between.ratings) == (Decimal("8.0"), 6)


def test_a_small_survey_waits_for_another_small_one(activity: ActivityPage) -> None:
    first = rated(activity, date(2025, 10, 1), [2, 2], silent=1)
    rated(activity, date(2025, 10, 8), [8] * 5)
    close(first)
    assert (found(activity).satisfaction, found(activity).ratings) == (Decimal("8.0"), 5)
    rated(activity, date(2025, 10, 15), [4, 4, 4])
    assert found(activity).ratings == 10


def test_the_response_rate_is_over_the_people_invited(activity: ActivityPage) -> None:
    rated(activity, date(2025, 10, 1), [8] * 5, silent=3)
    figures = found(activity)
    assert (figures.answers, figures.asked) == (5, 8)


def test_the_comparison_takes_as_many_queries_for_three_sessions_as_for_one(
    activity: ActivityPage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in ([1], [8, 15]):
        for day in days:
            held(activity, date(2025, 10, day), [1, 2, 3, 4, 5])
            held(activity, date(2024, 10, day), [1, 2, 3, 4, 5])
        with django_assert_num_queries(15):
            compared(activities=[activity], period=Period.season(2025))
