"""A season in one transaction: each date with its slots, its theme, its place and who leads."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.batches import Batch, BatchError
from events.domain.habits import habit_of
from events.domain.planning import Common, Occasion, Place, plan_season
from events.domain.recurrence import Rank, Rhythm, dates, moment
from events.domain.roles import RoleLine
from events.domain.sessions import SlotTimes, cancel_session
from events.models import ActivityPage, ActivitySettings, JournalEntry, Message, Session
from members.models import User
from tests import factories

pytestmark = pytest.mark.django_db

THIRD_THURSDAYS = Rhythm(Rank.THIRD, 3, date(2027, 9, 1), date(2028, 6, 30))


def slot(day: date, start: int = 19, end: int = 21) -> SlotTimes:
    return SlotTimes(moment(day, time(start)), moment(day, time(end)))


def occasion(day: date, **fields: Any) -> Occasion:
    return Occasion(**({"slots": (slot(day),), "title": "Sophrologie"} | fields))


def season() -> list[Occasion]:
    return [occasion(day) for day in dates(rhythm=THIRD_THURSDAYS)]


def plan(activity: ActivityPage, occasions: list[Occasion], **options: Any) -> Batch:
    common = options.pop("common", Common(capacity=12))
    return plan_season(
        **(
            {"activity": activity, "occasions": occasions, "common": common, "publish": False, "by": None}
            | options
        )
    )


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity()


def test_ten_drafts_then_nineteen_stays_nineteen_all_year(activity: ActivityPage) -> None:
    created = plan(activity, season()).created
    assert len(created) == 10
    assert {session.status for session in created} == {Session.Status.DRAFT}
    assert {timezone.localtime(session.starts_at).hour for session in created} == {19}
    assert {session.starts_at.utctimetuple().tm_hour for session in created} == {17, 18}


def test_a_season_is_published_when_asked_and_each_session_says_who_created_it(
    activity: ActivityPage,
) -> None:
    by = factories.make_coordinator(activity.organisation)
    created = plan(activity, season(), publish=True, by=by).created
    assert {session.status for session in created} == {Session.Status.PUBLISHED}
    for session in created:
        logged = JournalEntry.objects.filter(object_id=session.pk, user=by).values_list("action", flat=True)
        assert {"escale.create", "escale.publish"} <= set(logged)
    assert not Message.objects.exists()


def test_a_date_has_its_own_slots_theme_place_and_facilitator(activity: ActivityPage) -> None:
    day = date(2027, 9, 16)
    one = occasion(
        day,
        slots=(slot(day, 14, 17), slot(day, 9, 12)),
        title="  Marche   en forêt ",
        place=Place("Forêt de Montgeon", "avenue du Parc", "Le Havre", "Bus 6"),
        roles=(RoleLine("animation", "Un guide", "guide@ailleurs.example.org"),),
    )
    [session] = plan(activity, [one]).created
    assert session.title == "Marche en forêt"
    assert [(s.starts_at, s.minutes) for s in session.slots.all()] == [
        (moment(day, time(9)), 180),
        (moment(day, time(14)), 180),
    ]
    assert (session.place_name, session.city, session.access) == ("Forêt de Montgeon", "Le Havre", "Bus 6")
    assert session.roles.get().user == User.objects.get(email="guide@ailleurs.example.org")


def test_registrations_open_and_close_so_many_days_before_each_date(activity: ActivityPage) -> None:
    day = date(2027, 11, 18)  # after a clock change that the opening precedes
    common = Common(capacity=12, opens_days=30, closes_days=1)
    [session] = plan(activity, [occasion(day)], common=common).created
    assert session.opens_at == moment(day - timedelta(days=30), time(19))
    assert session.closes_at == moment(day - timedelta(days=1), time(19))


def test_sessions_begin_with_the_rules_of_their_activity(activity: ActivityPage) -> None:
    ActivitySettings.objects.create(
        activity=activity, approval=True, overbooking_percent=20, professions=["60"], members_first_days=7
    )
    day = date(2027, 9, 16)
    [session] = plan(activity, [occasion(day)], common=Common(capacity=10)).created
    assert (session.approval, session.overbooking, session.professions) == (True, 2, ["60"])
    assert session.members_first_until == moment(day - timedelta(days=7), time(19))
    assert session.messages_paused is False


def test_sending_the_same_season_twice_creates_nothing_twice(activity: ActivityPage) -> None:
    plan(activity, season())
    again = plan(activity, [*season(), occasion(date(2028, 7, 6))])
    assert len(again.created) == 1
    assert len(again.skipped) == 10
    assert "existait déjà" in again.skipped[0]
    assert Session.objects.count() == 11


def test_the_same_date_twice_in_one_form_counts_once(activity: ActivityPage) -> None:
    day = date(2027, 9, 16)
    batch = plan(activity, [occasion(day), occasion(day, title="SOPHROLOGIE"), occasion(day, title="Yoga")])
    assert [session.title for session in batch.created] == ["Sophrologie", "Yoga"]


def test_a_cancelled_session_may_be_planned_again(activity: ActivityPage) -> None:
    [first] = plan(activity, [occasion(date(2027, 9, 16))]).created
    cancel_session(session=first, reason="Salle fermée", by=None)
    assert len(plan(activity, [occasion(date(2027, 9, 16))]).created) == 1


def test_an_error_in_the_seventh_date_creates_nothing_and_says_which(activity: ActivityPage) -> None:
    occasions = season()
    occasions[6] = occasion(date(2028, 3, 16), roles=(RoleLine("animation", "", "a@example.org"),))
    with pytest.raises(BatchError, match="nom affiché") as refusal:
        plan(activity, occasions, publish=True)
    assert refusal.value.index == 6
    assert refusal.value.field == "roles"
    assert not Session.objects.exists()
    assert not JournalEntry.objects.filter(action="escale.create").exists()
    assert not User.objects.filter(email="a@example.org").exists()


@pytest.mark.parametrize(
    ("changes", "field"), [({"title": "  "}, "title"), ({"slots": ()}, "hours"), ({"slots": "late"}, "slots")]
)
def test_what_a_date_lacks_is_said_about_that_date(
    activity: ActivityPage, changes: dict[str, Any], field: str
) -> None:
    day = date(2027, 10, 21)
    if changes.get("slots") == "late":
        changes = {"slots": (slot(day, 9, 12), slot(day, 11, 13))}
    with pytest.raises(BatchError) as refusal:
        plan(activity, [occasion(date(2027, 9, 16)), occasion(day, **changes)])
    assert (refusal.value.index, refusal.value.field) == (1, field)
    assert not Session.objects.exists()


def test_nothing_and_more_than_sixty_are_refused(activity: ActivityPage) -> None:
    with pytest.raises(DomainError, match="au moins une date"):
        plan(activity, [])
    many = [occasion(date(2027, 9, 1) + timedelta(days=n)) for n in range(61)]
    with pytest.raises(DomainError, match="60 sessions au plus"):
        plan(activity, many)


@pytest.mark.parametrize(
    ("common", "field"), [({"opens_days": 400}, "opens_days"), ({"closes_days": -1}, "closes_days")]
)
def test_days_before_are_within_a_year(activity: ActivityPage, common: dict[str, int], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        plan(activity, season(), common=Common(capacity=12, **common))
    assert refusal.value.field == field


def test_a_window_that_closes_before_it_opens_is_refused(activity: ActivityPage) -> None:
    with pytest.raises(DomainError, match="avant d’ouvrir"):
        plan(activity, season(), common=Common(capacity=12, opens_days=2, closes_days=10))
    assert not Session.objects.exists()


def test_a_season_says_what_to_bring_as_the_last_session_did() -> None:
    session = factories.make_session(days=-20, to_bring="Une gourde")
    assert habit_of(session.activity).to_bring == "Une gourde"
    start = session.starts_at + timedelta(days=90)
    occasion = Occasion((SlotTimes(start, start + timedelta(hours=2)),), "Chant")
    common = Common(capacity=12, to_bring="Une gourde")
    batch = plan_season(
        activity=session.activity, occasions=[occasion], common=common, publish=False, by=None
    )
    assert [each.to_bring for each in batch.created] == ["Une gourde"]
