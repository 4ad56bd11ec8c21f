"""The calendar, and the calendar file of one session."""

import pytest
from django.test import Client

from tests.factories import make_activity, make_session

pytestmark = pytest.mark.django_db


def test_sessions_are_grouped_by_month(client: Client) -> None:
    activity = make_activity()
    for days in (3, 70, 75):
        make_session(activity, days=days, title=f"Dans {days} jours")
    response = client.get("/calendrier/")
    assert sum(len(month) for month in response.context["months"]) == 3
    assert len(response.context["months"]) in (2, 3)
    assert "Dans 75 jours" in response.text


def test_an_empty_calendar_says_so(client: Client) -> None:
    assert "Aucune session n’est annoncée" in client.get("/calendrier/").text


def test_drafts_cancelled_and_past_sessions_are_not_listed(client: Client) -> None:
    activity = make_activity()
    make_session(activity, title="Brouillon", status="draft")
    make_session(activity, title="Annulée hier", status="cancelled", days=20)
    make_session(activity, title="Passée", days=-3)
    text = client.get("/calendrier/").text
    assert "Brouillon" not in text
    assert "Annulée hier" not in text
    assert "Passée" not in text


def test_sessions_of_an_unpublished_activity_are_not_listed(client: Client) -> None:
    make_session(make_activity(live=False), title="Hors ligne")
    assert "Hors ligne" not in client.get("/calendrier/").text


def test_the_calendar_file_holds_the_session(client: Client) -> None:
    session = make_session(title="Sophrologie")
    response = client.get(f"/sessions/{session.pk}/session.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert str(session.uid) in response.text


def test_the_calendar_file_of_a_draft_does_not_exist(client: Client) -> None:
    session = make_session(status="draft")
    assert client.get(f"/sessions/{session.pk}/session.ics").status_code == 404


def test_the_public_calendar_file_keeps_the_link_to_join(client: Client) -> None:
    session = make_session(modality="distanciel", online_url="https://visio.example.org/secret")
    assert "visio.example.org" not in client.get(f"/sessions/{session.pk}/session.ics").text
