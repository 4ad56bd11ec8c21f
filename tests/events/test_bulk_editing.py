"""Many sessions changed at once: shown first, all or none, everybody told once a session."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from events.domain.bulk_editing import edit_many, plan_edits
from events.domain.roles import RoleLine
from events.domain.sessions import SlotTimes, cancel_session
from events.models import JournalEntry, Message, Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.today(2026, 11, 20, 12)]
MOVE = {"place_name": "Salle du port", "address": "2 quai", "city": "Le Havre", "access": ""}


def fresh(session: Session) -> Session:
    return Session.objects.select_related("activity").get(pk=session.pk)


def test_everybody_concerned_is_told_once_a_session() -> None:
    activity = factories.make_activity()
    sessions = [factories.make_session(activity, days=days) for days in (10, 20)]
    for session in sessions:
        factories.make_registration(session)
    factories.make_registration(sessions[0])
    edit_many(sessions=sessions, changes=MOVE | {"capacity": 30, "modality": "hybride"}, by=None)
    assert Message.objects.filter(kind="moved").count() == 3
    assert {(fresh(one).place_name, fresh(one).capacity) for one in sessions} == {("Salle du port", 30)}
    assert JournalEntry.objects.filter(action="escale.edit").count() == 2


def test_a_session_that_refuses_is_named_and_none_is_changed() -> None:
    activity = factories.make_activity()
    good = factories.make_session(activity)
    bad = factories.make_session(activity, title="Annulée depuis", days=20)
    cancel_session(session=bad, reason="Grève", by=None)
    with pytest.raises(DomainError, match="« Annulée depuis »"):
        edit_many(sessions=[good, fresh(bad)], changes={"capacity": 30}, by=None)
    assert fresh(good).capacity == 12


def test_the_plan_says_what_changes_for_whom_and_writes_nothing() -> None:
    activity = factories.make_activity()
    upcoming, past = factories.make_session(activity), factories.make_session(activity, days=-5)
    same = factories.make_session(activity, days=30, place_name="Salle du port")
    factories.make_registration(upcoming)
    one, two, three = plan_edits(sessions=[upcoming, past, same], changes={"place_name": "Salle du port"})
    assert (one.changed, one.told, one.refusal) == (["place_name"], 1, "")
    assert two.refusal == "cette session est passée."
    assert three.is_void
    assert not Message.objects.filter(kind="moved").exists()
    assert fresh(upcoming).place_name == "Maison de santé"


def test_a_capacity_raised_on_many_gives_the_seats_to_who_waits() -> None:
    sessions = [factories.make_session(capacity=1), factories.make_session(capacity=1)]
    waiting = [[factories.make_registration(one) for _ in range(2)][1] for one in sessions]
    edit_many(sessions=sessions, changes={"capacity": 2}, by=None)
    for registration in waiting:
        registration.refresh_from_db()
        assert registration.state == "confirmed"


def test_days_and_hours_count_back_from_each_start_on_the_clock() -> None:
    start = datetime(2027, 11, 3, 19, tzinfo=timezone.get_current_timezone())
    session = factories.make_session(slots=[SlotTimes(start, start + timedelta(hours=2))])
    edit_many(sessions=[session], changes={"opens_days": 30, "closes_hours": 3}, by=None)
    stored = fresh(session)
    assert timezone.localtime(stored.opens_at).replace(tzinfo=None) == datetime(2027, 10, 4, 19)
    assert stored.closes_at == start - timedelta(hours=3)


def test_drafts_are_published_together_and_get_who_leads() -> None:
    activity = factories.make_activity()
    drafts = [
        factories.make_session(activity, days=days, status=Session.Status.DRAFT) for days in (10, 20, 30)
    ]
    lines = [RoleLine("animation", "Une sophrologue")]
    edit_many(sessions=drafts, changes={"publish": True, "roles": lines}, by=None)
    assert {fresh(one).status for one in drafts} == {"published"}
    assert [one.roles.get().name for one in drafts] == ["Une sophrologue"] * 3


def test_a_session_edited_since_the_preview_stops_everything() -> None:
    activity = factories.make_activity()
    one, two = factories.make_session(activity), factories.make_session(activity, days=20)
    edit_many(sessions=[two], changes={"capacity": 20}, by=None)
    with pytest.raises(DomainError, match="a modifié cette fiche"):
        edit_many(sessions=[one, fresh(two)], changes={"capacity": 30}, seen={one.pk: 1, two.pk: 1}, by=None)
    assert fresh(one).capacity == 12


# The screen


@pytest.fixture
def own() -> Any:
    activity = factories.make_activity(title="Café du port")
    return activity, signed_in(coordinator(activity.organisation))


def address(*sessions: Session) -> str:
    return reverse("sessions:edit_many") + "?" + "&".join(f"pk={one.pk}" for one in sessions)


def post(client: Client, sessions: list[Session], **data: Any) -> Any:
    keys = {"pk": [one.pk for one in sessions]}
    return client.post(reverse("sessions:edit_many"), keys | {"promotion": "automatic"} | data)


def test_a_preview_comes_before_anything_is_changed(own: Any) -> None:
    activity, client = own
    sessions = [factories.make_session(activity, title=f"Soir {n}", days=n) for n in (10, 20)]
    factories.make_registration(sessions[0])
    data = {"change-place": "on", "place_name": "Salle du port"}
    page = post(client, sessions, **data, **{"action-confirm": "1"}).content.decode()
    assert "Salle du port" in page
    assert "1 personne sera prévenue" in page
    assert fresh(sessions[0]).place_name == "Maison de santé"


def test_what_was_previewed_is_confirmed(own: Any) -> None:
    activity, client = own
    sessions = [factories.make_session(activity, days=n) for n in (10, 20)]
    data = {"change-place": "on", "place_name": "Salle du port", "city": "Le Havre"}
    preview = post(client, sessions, **data)
    response = post(
        client, sessions, **data, previewed=preview.context["fingerprint"], **{"action-confirm": "1"}
    )
    assert response.status_code == 302
    assert {fresh(one).place_name for one in sessions} == {"Salle du port"}


def test_what_changed_since_the_preview_is_shown_again(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    data = {"change-capacity": "on", "capacity": "30"}
    preview = post(client, [session], **data)
    edit_many(sessions=[session], changes={"capacity": 20}, by=None)
    response = post(
        client, [session], **data, previewed=preview.context["fingerprint"], **{"action-confirm": "1"}
    )
    assert response.status_code == 409
    assert fresh(session).capacity == 20


def test_refused_sessions_are_named_with_their_reason_and_left_out(own: Any) -> None:
    activity, client = own
    good = factories.make_session(activity)
    bad = factories.make_session(activity, title="Soirée annulée", days=20)
    cancel_session(session=bad, reason="Grève", by=None)
    data = {"change-capacity": "on", "capacity": "30"}
    preview = post(client, [good, bad], **data)
    assert "cette session est annulée" in preview.content.decode()
    response = post(
        client, [good, bad], **data, previewed=preview.context["fingerprint"], **{"action-confirm": "1"}
    )
    assert response.status_code == 302
    assert (fresh(good).capacity, fresh(bad).capacity) == (30, 12)


def test_sessions_of_another_organisation_do_not_exist_here(own: Any) -> None:
    activity, client = own
    mine, theirs = factories.make_session(activity), factories.make_session()
    assert client.get(address(mine, theirs)).status_code == 404
    assert post(client, [mine, theirs], **{"change-capacity": "on", "capacity": "30"}).status_code == 404


@pytest.mark.parametrize("query", ["", "?pk=", "?pk=x", "?pk=99999999999999999999"])
def test_an_address_without_sessions_is_no_accident(own: Any, query: str) -> None:
    _activity, client = own
    assert client.get(reverse("sessions:edit_many") + query).status_code in (302, 404)


def test_choosing_nothing_to_change_gets_a_sentence(own: Any) -> None:
    activity, client = own
    response = post(client, [factories.make_session(activity)])
    assert response.status_code == 422
    assert "Choisissez au moins une chose à changer." in response.content.decode()


def test_bad_input_gets_a_sentence_and_loses_nothing(own: Any) -> None:
    activity, client = own
    session = factories.make_session(activity)
    data = {"change-capacity": "on", "capacity": "0", "change-description": "on", "description": "Tapé"}
    response = post(client, [session], **data)
    assert response.status_code == 422
    assert "Le nombre de places va de 1 à 10 000." in response.content.decode()
    assert "Tapé" in response.content.decode()


def test_the_preview_asks_the_same_questions_for_one_and_three_sessions(
    own: Any, django_assert_num_queries: Any
) -> None:
    activity, client = own
    sessions = [factories.make_session(activity, days=n) for n in (10, 20, 30)]
    data = {"change-capacity": "on", "capacity": "30"}
    post(client, sessions, **data)
    with django_assert_num_queries(14):
        post(client, sessions[:1], **data)
    with django_assert_num_queries(14):
        post(client, sessions, **data)
