"""The month of an organisation's sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from events.domain.sessions import SlotTimes, cancel_session
from events.models import Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PARIS = timezone.get_default_timezone()


@pytest.fixture
def own() -> Any:
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def at(activity: Any, *start: int, **fields: Any) -> Session:
    moment = datetime(*start, tzinfo=PARIS)  # type: ignore[arg-type]
    return factories.make_session(activity, slots=[SlotTimes(moment, moment + timedelta(hours=2))], **fields)


def month(client: Any, query: str) -> Any:
    return client.get(reverse("sessions:calendar") + query)


def test_a_month_shows_own_sessions_on_their_day(own: Any) -> None:
    activity, client = own
    at(activity, 2027, 6, 17, 19, title="Sophrologie du mois")
    at(None, 2027, 6, 18, 19, title="Soirée des voisins")
    page = month(client, "?month=2027-06").content.decode()
    assert "Sophrologie du mois" in page
    assert "Soirée des voisins" not in page
    assert "Juin 2027" in page
    assert month(client, "?month=2027-06").context["weeks"][0][0].date.isoformat() == "2027-05-31"


def test_drafts_and_cancelled_sessions_are_told_apart_by_a_word(own: Any) -> None:
    activity, client = own
    at(activity, 2027, 6, 17, 19, title="À relire", status=Session.Status.DRAFT)
    cancel_session(session=at(activity, 2027, 6, 18, 19, title="Perdue"), reason="Grève", by=None)
    page = month(client, "?month=2027-06").content.decode()
    assert "<em>Brouillon</em>" in page
    assert "<s>Perdue</s> <em>Annulée</em>" in page


def test_holidays_are_named(own: Any) -> None:
    _activity, client = own
    page = month(client, "?month=2026-12").content.decode()
    assert "Noël" in page
    assert "Vacances de Noël : du 19 au 31 décembre" in page


def test_a_late_evening_stands_on_its_day_in_paris(own: Any) -> None:
    activity, client = own
    late = datetime(2027, 6, 17, 22, 30, tzinfo=UTC)  # 00:30 on the 18th in Paris
    factories.make_session(activity, slots=[SlotTimes(late, late + timedelta(hours=1))])
    days = {
        day.date.day: day.slots for week in month(client, "?month=2027-06").context["weeks"] for day in week
    }
    assert len(days[18]) == 1
    assert not days[17]


@pytest.mark.parametrize(
    "query",
    ["", "?month=", "?month=2027-13", "?month=abcd-ef", "?month=99999-01", "?month=2027-1", "?month=²027-01"],
)
def test_nonsense_is_this_month(own: Any, query: str) -> None:
    _activity, client = own
    assert month(client, query).context["month"] == timezone.localdate().replace(day=1)


@pytest.mark.parametrize("query", ["?month=2000-01", "?month=2099-12", "?month=2027-06&view=list"])
def test_the_ends_of_the_calendar_open(own: Any, query: str) -> None:
    _activity, client = own
    assert month(client, query).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_month_costs_the_same_for_one_and_for_three_sessions(
    own: Any, number: int, django_assert_num_queries: Any
) -> None:
    activity, client = own
    for day in range(number):
        at(activity, 2027, 6, 10 + day, 19)
    month(client, "?month=2027-06")
    with django_assert_num_queries(11):
        month(client, "?month=2027-06")


def test_the_list_finds_full_underfilled_and_unclosed_sessions(own: Any) -> None:
    activity, client = own
    full = factories.make_session(activity, capacity=1, title="Pleine")
    factories.make_registration(full)
    factories.make_session(activity, capacity=9, title="Vide")
    factories.make_session(activity, days=-3, title="À clore")
    for situation, title in (("full", "Pleine"), ("underfilled", "Vide"), ("to_close", "À clore")):
        found = client.get(reverse("sessions:index"), {"situation": situation}).context["object_list"]
        assert [session.title for session in found] == [title]
    page = client.get(reverse("sessions:index"), {"situation": "nonsense"})
    assert page.status_code == 200


def test_the_list_offers_boxes_an_ordinary_form_can_send(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    page = client.get(reverse("sessions:index")).content.decode()
    assert f'name="pk" value="{session.pk}" form="several"' in page
