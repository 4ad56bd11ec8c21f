"""Copying a session, and a season, in the admin."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain import recurrence
from events.domain.recurrence import moment
from events.domain.sessions import SlotTimes, cancel_session
from events.models import ActivityPage, Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.today(2026, 11, 20, 12), pytest.mark.django_db, pytest.mark.one_engine]

COPY_SEASON = "sessions:copy_season"
OCTOBER, NOVEMBER = date(2027, 10, 21), date(2027, 11, 18)


@pytest.fixture
def own() -> tuple[ActivityPage, Client]:
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def session_on(activity: ActivityPage, day: date, title: str = "Sophrologie") -> Session:
    slots = [SlotTimes(moment(day, time(19)), moment(day, time(21)))]
    return factories.make_session(activity, title=title, slots=slots)


def text(response: Any, status: int = 422) -> str:
    assert response.status_code == status, response.content.decode()[:300]
    return response.content.decode()


def season(activity: ActivityPage, sessions: list[Session], **changes: Any) -> dict[str, Any]:
    """The page as it was shown, one year later, everything ticked."""
    data: dict[str, Any] = {"activity": activity.pk, "season": "2027-2028", "way": "year", "weeks": ""}
    for one in sessions:
        day = recurrence.a_year_later(timezone.localdate(one.starts_at)).isoformat()
        key = f"s{one.pk}"
        data |= {f"{key}-was": day, f"{key}-day": day, f"{key}-title": one.title}
        data |= {f"{key}-keep": "1", f"{key}-advised": "1"}
    return {**data, "action-publish": "1", **changes}


def test_a_session_is_copied_to_a_day_as_a_draft(own: Any) -> None:
    activity, client = own
    session = session_on(activity, OCTOBER)
    url = reverse("sessions:copy", args=[session.pk])
    assert (OCTOBER + timedelta(weeks=4)).isoformat() in text(client.get(url), 200)
    response = client.post(url, {"day": "2027-11-18", "title": "Yoga"}, follow=True)
    copy = Session.objects.get(title="Yoga")
    assert response.redirect_chain[-1][0] == reverse("sessions:inspect", args=[copy.pk])
    assert "messages programmés restent en pause" in response.content.decode()
    assert (copy.status, copy.starts_at) == (Session.Status.DRAFT, moment(NOVEMBER, time(19)))


def test_a_special_day_is_said_once_before_the_copy_is_made(own: Any) -> None:
    activity, client = own
    session = session_on(activity, OCTOBER)
    url = reverse("sessions:copy", args=[session.pk])
    page = text(client.post(url, {"day": "2027-11-11", "title": "Yoga"}))
    assert "Jour férié : Armistice" in page
    assert Session.objects.count() == 1
    confirmed = client.post(url, {"day": "2027-11-11", "title": "Yoga", "seen": "2027-11-11"})
    assert confirmed.status_code == 302
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"day": "", "title": "Yoga"}, "Indiquez le jour"),
        ({"day": "2027-02-31", "title": "Yoga"}, "date qui existe"),
        ({"day": "1027-02-01", "title": "Yoga"}, "entre 2000 et 2100"),
        ({"day": "2027-11-18", "title": " "}, "Indiquez un titre"),
        ({"day": "2027-10-21", "title": "Sophrologie", "seen": "2027-10-21"}, "changez le jour ou le titre"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_with_a_sentence(
    own: Any, data: dict[str, str], sentence: str
) -> None:
    activity, client = own
    session = session_on(activity, OCTOBER)
    assert sentence in text(client.post(reverse("sessions:copy", args=[session.pk]), data))
    assert Session.objects.count() == 1


def test_a_season_is_copied_a_year_later_at_the_same_rank(own: Any) -> None:
    activity, client = own
    sessions = [session_on(activity, day) for day in (OCTOBER, NOVEMBER)]
    response = client.post(reverse(COPY_SEASON), season(activity, sessions), follow=True)
    assert "2 sessions publiées" in response.content.decode()
    copies = Session.objects.exclude(pk__in=[one.pk for one in sessions]).order_by("starts_at")
    assert [timezone.localdate(one.starts_at) for one in copies] == [date(2028, 10, 19), date(2028, 11, 16)]
    assert {(one.status, one.messages_paused) for one in copies} == {(Session.Status.PUBLISHED, True)}
    again = client.post(reverse(COPY_SEASON), season(activity, sessions), follow=True)
    assert "existait déjà" in again.content.decode()
    assert Session.objects.count() == 4


def test_a_copy_takes_the_day_and_the_title_typed_and_an_unticked_one_is_skipped(own: Any) -> None:
    activity, client = own
    first, second = (session_on(activity, day) for day in (OCTOBER, NOVEMBER))
    data = season(
        activity, [first, second], **{f"s{first.pk}-day": "2028-10-26", f"s{first.pk}-title": "Yoga"}
    )
    del data[f"s{second.pk}-keep"]
    client.post(reverse(COPY_SEASON), data)
    copy = Session.objects.get(title="Yoga")
    assert timezone.localdate(copy.starts_at) == date(2028, 10, 26)
    assert Session.objects.count() == 3


def test_the_preview_flags_where_the_copies_go(own: Any) -> None:
    activity, client = own
    session = session_on(activity, date(2027, 11, 4))
    data = {"activity": activity.pk, "season": "2027-2028", "way": "weeks", "weeks": "53"}
    page = text(client.post(reverse("sessions:copy_season_preview"), data), 200)
    assert "<html" not in page
    assert "2028-11-09" in page
    data |= {"weeks": "1", f"s{session.pk}-was": "2028-11-09", f"s{session.pk}-day": "2027-11-11"}
    page = text(client.post(reverse("sessions:copy_season_preview"), data), 200)
    assert "Jour férié : Armistice" in page
    refused = client.post(reverse("sessions:copy_season_preview"), data | {"weeks": "0"})
    assert "de 1 à 520" in text(refused)


def test_another_shift_is_shown_before_anything_is_copied(own: Any) -> None:
    activity, client = own
    session = session_on(activity, OCTOBER)
    page = text(client.post(reverse(COPY_SEASON), season(activity, [session], way="weeks", weeks="10")))
    assert "Les dates ont changé" in page
    assert Session.objects.count() == 1


def test_cancelled_sessions_are_not_taken_up_and_an_empty_activity_says_so(own: Any) -> None:
    activity, client = own
    assert "pas encore de session à copier" in text(client.get(reverse(COPY_SEASON)), 200)
    kept, gone = session_on(activity, OCTOBER), session_on(activity, NOVEMBER, "Annulée jadis")
    cancel_session(session=gone, reason="Salle fermée", by=None)
    page = text(client.get(reverse(COPY_SEASON)), 200)
    assert kept.title in page
    assert "Annulée jadis" not in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [("day", "2028-02-31", "date qui existe"), ("title", "", "Indiquez un titre")],
)
def test_a_wrong_row_copies_nothing_and_loses_nothing(
    own: Any, field: str, value: str, sentence: str
) -> None:
    activity, client = own
    first, second = (session_on(activity, day) for day in (OCTOBER, NOVEMBER))
    changes = {f"s{second.pk}-{field}": value, f"s{first.pk}-title": "Thème rare"}
    page = text(client.post(reverse(COPY_SEASON), season(activity, [first, second], **changes)))
    assert sentence in page
    assert "Thème rare" in page
    assert Session.objects.count() == 2


def test_a_row_of_another_organisation_is_not_copied(own: Any) -> None:
    activity, client = own
    session, foreign = session_on(activity, OCTOBER), session_on(factories.make_activity(), NOVEMBER)
    client.post(reverse(COPY_SEASON), season(activity, [session, foreign]))
    assert Session.objects.filter(activity=foreign.activity).count() == 1
    assert client.get(reverse("sessions:copy", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("sessions:copy", args=[foreign.pk]), {"day": "2028-01-01"}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_of_copies_costs_the_same_whatever_their_number(
    own: Any, number: int, django_assert_num_queries: Any
) -> None:
    activity, client = own
    for n in range(number):
        session_on(activity, OCTOBER + timedelta(weeks=n))
    data = {"activity": activity.pk, "season": "2027-2028", "way": "year"}
    client.post(reverse("sessions:copy_season_preview"), data)
    with django_assert_num_queries(COPY_QUERIES):
        client.post(reverse("sessions:copy_season_preview"), data)


COPY_QUERIES = 14
