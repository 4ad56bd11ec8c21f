"""The page where several dates of one activity are chosen together, and what it answers."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from events.domain.registration import AT_ONCE
from events.models import ActivityPage, Registration, Session
from tests.factories import make_activity, make_question_set, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
PAGE = "/inscriptions/plusieurs/"
GOOD = {"first_name": "Camille", "last_name": "Martin", "email": "camille@example.org", "profession": "60"}


def cycle(number: int = 3, **fields: Any) -> list[Session]:
    activity = fields.pop("activity", None) or make_activity()
    return [make_session(activity, days=9 + n, title=f"Soirée {n + 1}", **fields) for n in range(number)]


def post(client: Client, sessions: list[Session], /, **fields: Any) -> HttpResponse:
    ticked = {"sessions": [session.pk for session in sessions]}
    return client.post(PAGE, GOOD | {"dispositif": sessions[0].activity_id} | ticked | fields)


def test_the_coming_dates_of_the_activity_are_offered_and_the_named_ones_ticked(client: Client) -> None:
    sessions = cycle()
    make_session(sessions[0].activity, days=-3, title="Passée")
    make_session(sessions[0].activity, days=30, title="Brouillon", status="draft")
    make_session(title="D’ailleurs")
    page = client.get(PAGE, {"s": [sessions[0].pk, sessions[2].pk]}).text
    for session, ticked in zip(sessions, (True, False, True), strict=True):
        assert session.title in page
        assert (f'name="sessions" value="{session.pk}"' in page) is True
        box = page[page.index(f'value="{session.pk}" id="id_sessions') :].partition(">")[0]
        assert ("checked" in box) is ticked
    for absent in ("Passée", "Brouillon", "D’ailleurs"):
        assert absent not in page


def test_an_activity_alone_names_its_dates(client: Client) -> None:
    sessions = cycle(2)
    assert "Soirée 2" in client.get(PAGE, {"dispositif": sessions[0].activity_id}).text


@pytest.mark.parametrize(
    "query",
    ["", "s=", "s=x", "s=%22", "s=%00", f"s={10**20}", "s=2026-02-30", "s=../", "dispositif=99999", "s=-1"],
)
def test_nonsense_leads_to_the_calendar(client: Client, query: str) -> None:
    assert client.get(f"{PAGE}?{query}")["Location"] == "/calendrier/"


def test_one_form_registers_to_all_and_the_page_says_each(client: Client) -> None:
    sessions = cycle(3, capacity=1)
    make_registration(sessions[1])
    assert post(client, sessions)["Location"] == f"{PAGE}merci/#contenu"
    for _ in range(2):  # refresh-safe
        said = client.get(f"{PAGE}merci/").text
        assert said.count("Place réservée") == 2
        assert "Liste d’attente, position 1" in said
        assert "Un e-mail par date" in said
    assert Registration.objects.filter(email="camille@example.org").count() == 3


def test_the_page_that_follows_is_for_this_browser_alone(client: Client) -> None:
    post(client, cycle())
    assert Client().get(f"{PAGE}merci/")["Location"] == "/calendrier/"


def test_what_was_ticked_and_typed_comes_back(client: Client) -> None:
    sessions = cycle()
    answer = post(client, sessions[:2], email="pas une adresse")
    assert answer.status_code == 422
    assert answer.text.count("checked") == 2
    assert 'value="pas une adresse"' in answer.text
    assert not Registration.objects.exists()


def test_no_date_is_said_beside_the_dates(client: Client) -> None:
    answer = post(client, cycle(), sessions=[])
    assert answer.status_code == 422
    assert (
        '<ul class="errorlist" id="id_sessions_error"><li>Cochez au moins une date.</li></ul>' in answer.text
    )
    assert 'href="#id_sessions_0"' in answer.text


def test_too_many_dates_are_refused_before_a_single_form_is_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.views.several.check_mailbox", lambda *args, **more: pytest.fail("counted"))
    page = post(client, cycle(AT_ONCE + 1))
    assert page.status_code == 422
    assert f"Choisissez {AT_ONCE} dates au plus à la fois." in page.text
    assert not Registration.objects.exists()


def test_a_date_of_another_activity_is_refused(client: Client) -> None:
    answer = post(client, cycle(), sessions=[make_session().pk])
    assert answer.status_code == 422
    assert "n’est plus ouverte" in answer.text


def test_a_date_that_is_full_names_itself(client: Client) -> None:
    sessions = cycle(2, capacity=2, waiting_list=False, members_first_until=None)
    make_registration(sessions[1])
    make_registration(sessions[1])
    answer = post(client, sessions)
    assert answer.status_code == 422
    assert not Registration.objects.filter(email="camille@example.org").exists()


def test_questions_are_asked_once_per_set_and_only_of_the_dates_chosen(client: Client) -> None:
    activity: ActivityPage = make_activity()
    shared = make_question_set({"label": "Repas ?", "required": True}, organisation=activity.organisation)
    alone = make_question_set({"label": "Chaussures ?", "required": True}, organisation=activity.organisation)
    sessions = cycle(2, activity=activity, question_set=shared)
    walk = make_session(activity, days=40, title="Marche", question_set=alone)
    page = client.get(PAGE, {"s": walk.pk}).text
    assert page.count("Repas ?") == page.count("Chaussures ?") == 1
    assert "Seulement pour Marche" in page
    asked = shared.questions.get().pk
    assert post(client, sessions, **{f"question_{asked}": "Oui"}).status_code == 302
    answer = post(Client(), [*sessions, walk], **{f"question_{asked}": "Oui"})
    assert answer.status_code == 422
    assert f"id_question_{alone.questions.get().pk}_error" in answer.text


def test_a_date_for_some_professions_says_which_among_others(client: Client) -> None:
    reserved, everybody = cycle(1, professions=["50"]), make_session(days=12)
    Session.objects.filter(pk=everybody.pk).update(activity=reserved[0].activity)
    page = client.get(PAGE, {"s": reserved[0].pk}).text
    assert "réservée\N{NO-BREAK SPACE}: sage-femme / maïeuticien" in page
    assert "<optgroup" not in page


def test_dates_for_the_same_professions_offer_those_first(client: Client) -> None:
    sessions = cycle(2, professions=["50"])
    page = client.get(PAGE, {"s": sessions[0].pk}).text
    first = page[page.index('<optgroup label="Admises') : page.index('<optgroup label="Non admises')]
    assert first.count("<option") == 1
    assert "Sage-femme" in first


def test_somebody_signed_in_ticks_and_presses(client: Client) -> None:
    user = make_user(profession="60")
    client.force_login(user)
    sessions = cycle(2)
    page = client.get(PAGE, {"s": [each.pk for each in sessions]})
    assert user.get_full_name() in page.text
    assert post(client, sessions).status_code == 302
    assert Registration.objects.filter(user=user).count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_date_and_for_three(
    client: Client, number: int, django_assert_num_queries: Any
) -> None:
    sessions = cycle(number)
    client.get(PAGE, {"s": sessions[0].pk})
    with django_assert_num_queries(5):
        client.get(PAGE, {"s": sessions[0].pk})
