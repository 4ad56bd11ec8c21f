"""The coordinator's screens of registration questions."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from events.models import Question, QuestionSet, Session
from members.models import Organisation, User
from tests.factories import (
    make_activity,
    make_coordinator,
    make_organisation,
    make_question_set,
    make_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

MEAL = {"kind": "choice", "label": "Déjeunez-vous ?", "options": "Oui\nNon"}
DIET = {"label": "Votre régime ?", "is_need": True, "shown_if_number": 1, "shown_if_answer": "Oui"}


@pytest.fixture
def question_set() -> QuestionSet:
    return make_question_set(MEAL, DIET, name="Journée")


def coordinator_of(organisation: Organisation) -> User:
    user = make_coordinator(organisation)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def coordinator(question_set: QuestionSet) -> User:
    return coordinator_of(question_set.organisation)


@pytest.fixture
def desk(coordinator: User) -> Client:
    return signed_in(coordinator)


def url(name: str, *args: Any) -> str:
    return reverse(f"question_sets:{name}", args=args)


def posted(*lines: dict[str, Any], stored: int = 0, **fields: Any) -> dict[str, Any]:
    """What the form sends; the first ``stored`` lines carry the numbers of stored questions."""
    data: dict[str, Any] = {
        "name": "Journée",
        "questions-TOTAL_FORMS": len(lines),
        "questions-INITIAL_FORMS": stored,
    }
    for index, line in enumerate(lines):
        defaults = {"label": "Une question ?", "kind": "text", "ORDER": index + 1}
        data |= {f"questions-{index}-{name}": value for name, value in (defaults | line).items()}
    return data | fields


def as_shown(question_set: QuestionSet) -> list[dict[str, Any]]:
    return [
        {
            "id": each.pk,
            "label": each.label,
            "kind": each.kind,
            "options": each.options,
            "shown_if_number": each.shown_if_number or "",
            "shown_if_answer": each.shown_if_answer,
        }
        for each in question_set.questions.order_by("sort_order")
    ]


def labels(question_set: QuestionSet) -> list[str]:
    rows = Question.objects.filter(question_set=question_set).order_by("sort_order")
    return [each.label for each in rows]


def test_a_set_is_created_with_its_questions_in_the_only_organisation(
    desk: Client, coordinator: User, question_set: QuestionSet
) -> None:
    assert 'name="organisation"' not in desk.get(url("add")).text
    data = posted(
        {"label": "Un mot ?"}, {"kind": "consent", "label": "J’accepte", "required": "on"}, name="Neuf"
    )
    response = desk.post(url("add"), data)
    made = QuestionSet.objects.get(name="Neuf")
    assert response["Location"] == url("edit", made.pk)
    assert made.organisation == question_set.organisation
    assert labels(made) == ["Un mot ?", "J’accepte"]


def test_who_coordinates_two_organisations_chooses_one_of_them(question_set: QuestionSet) -> None:
    second, stranger = make_organisation(), make_organisation()
    both = coordinator_of(question_set.organisation)
    both.memberships.create(organisation=second, role="coordination", since="2024-01-01")
    client = signed_in(both)
    page = client.get(url("add")).text
    assert second.name in page
    assert stranger.name not in page
    assert client.post(url("add"), posted({}, name="X", organisation=stranger.pk)).status_code == 422
    assert client.post(url("add"), posted({}, name="X", organisation=second.pk)).status_code == 302
    assert QuestionSet.objects.get(name="X").organisation == second


def test_questions_are_edited_reordered_added_and_removed(desk: Client, question_set: QuestionSet) -> None:
    meal, diet = as_shown(question_set)
    lines = [meal | {"ORDER": 2}, diet | {"DELETE": "on"}, {"label": "En premier ?", "ORDER": 1}]
    response = desk.post(url("edit", question_set.pk), posted(*lines, stored=2, version=1))
    assert response.status_code == 302, response.text
    assert labels(question_set) == ["En premier ?", "Déjeunez-vous ?"]


def test_a_mistake_stands_beside_its_question_and_keeps_everything(
    desk: Client, question_set: QuestionSet
) -> None:
    meal, diet = as_shown(question_set)
    lines = [meal, diet | {"shown_if_answer": "Peut-être"}]
    response = desk.post(url("edit", question_set.pk), posted(*lines, stored=2, version=1, name="Autre nom"))
    assert response.status_code == 422
    assert "Recopiez une réponse de la question 1 : « Oui », « Non »." in response.text
    assert "Peut-être" in response.text
    assert "Autre nom" in response.text
    assert QuestionSet.objects.get(pk=question_set.pk).name == "Journée"


def test_a_set_without_a_question_is_refused(desk: Client) -> None:
    response = desk.post(url("add"), posted())
    assert response.status_code == 422
    assert "Écrivez au moins une question." in response.text


def test_the_second_editor_sees_what_stands_and_may_then_save(
    desk: Client, question_set: QuestionSet
) -> None:
    mine = posted(*as_shown(question_set), stored=2, version=1, name="À moi")
    theirs = posted(*as_shown(question_set), {"label": "Ajoutée ?"}, stored=2, version=1, name="À eux")
    assert desk.post(url("edit", question_set.pk), theirs).status_code == 302
    warned = desk.post(url("edit", question_set.pk), mine)
    assert warned.status_code == 422
    assert "après que vous l’avez ouverte" in warned.text
    assert "Ajoutée ?" in warned.text
    assert "Enregistré entre-temps : « À eux »" in warned.text
    version = re.search(r'name="version" value="(\d+)"', warned.text)
    assert version
    assert QuestionSet.objects.get(pk=question_set.pk).name == "À eux"
    assert desk.post(url("edit", question_set.pk), mine | {"version": version[1]}).status_code == 302
    assert QuestionSet.objects.get(pk=question_set.pk).name == "À moi"


def test_a_question_removed_by_somebody_else_does_not_break_the_form(
    desk: Client, question_set: QuestionSet
) -> None:
    mine = posted(*as_shown(question_set), stored=2, version=1)
    Question.objects.filter(label="Votre régime ?").delete()
    QuestionSet.objects.update(version=2)
    response = desk.post(url("edit", question_set.pk), mine)
    assert response.status_code == 422
    assert "après que vous l’avez ouverte" in response.text
    again = desk.post(url("edit", question_set.pk), mine | {"version": 2})
    assert again.status_code == 302
    assert labels(question_set) == ["Déjeunez-vous ?", "Votre régime ?"]


def test_a_version_that_is_no_number_does_not_pass_for_none(desk: Client, question_set: QuestionSet) -> None:
    for version in ("", "x"):
        data = posted(*as_shown(question_set), stored=2, version=version, name="Forcé")
        assert desk.post(url("edit", question_set.pk), data).status_code == 422
    assert QuestionSet.objects.get(pk=question_set.pk).name == "Journée"


def test_the_form_says_where_the_set_is_asked(desk: Client, question_set: QuestionSet) -> None:
    session = make_session(make_activity(question_set.organisation), title="Journée au vert")
    Session.objects.filter(pk=session.pk).update(question_set=question_set)
    page = desk.get(url("edit", question_set.pk)).text
    assert "Où ces questions sont posées" in page
    assert "Journée au vert" in page
    assert "pas d’information de santé" in page


def test_a_set_in_use_is_not_deleted_and_says_so(desk: Client, question_set: QuestionSet) -> None:
    session = make_session(make_activity(question_set.organisation))
    Session.objects.filter(pk=session.pk).update(question_set=question_set)
    response = desk.post(url("delete", question_set.pk), follow=True)
    assert "est posé par 1 session" in response.text
    Session.objects.update(question_set=None)
    assert desk.get(url("delete", question_set.pk)).status_code == 200
    assert QuestionSet.objects.exists()
    desk.post(url("delete", question_set.pk))
    assert not QuestionSet.objects.exists()


def test_copying_asks_first_and_leads_to_the_copy(desk: Client, question_set: QuestionSet) -> None:
    assert desk.get(url("copy", question_set.pk)).status_code == 200
    assert QuestionSet.objects.count() == 1
    response = desk.post(url("copy", question_set.pk))
    copied = QuestionSet.objects.exclude(pk=question_set.pk).get()
    assert response["Location"] == url("edit", copied.pk)
    assert labels(copied) == labels(question_set)


def test_the_preview_shows_each_question_and_its_condition(desk: Client, question_set: QuestionSet) -> None:
    page = desk.get(url("preview", question_set.pk)).text
    assert "Déjeunez-vous ?" in page
    assert "Si vous répondez « Oui » à « Déjeunez-vous ? »" in page


def test_the_history_tells_what_was_done(desk: Client, question_set: QuestionSet) -> None:
    desk.post(url("edit", question_set.pk), posted(*as_shown(question_set), stored=2, version=1))
    assert "Jeu de questions modifié" in desk.get(url("history", question_set.pk)).text
    assert desk.get(url("history_results", question_set.pk)).status_code == 200


NAMES = ["edit", "delete", "copy", "preview", "history"]


@pytest.mark.parametrize("name", NAMES)
def test_another_organisations_set_does_not_exist(name: str, question_set: QuestionSet) -> None:
    client = signed_in(coordinator_of(make_organisation()))
    assert client.get(url(name, question_set.pk)).status_code == 404
    assert client.post(url(name, question_set.pk), posted()).status_code in (404, 405)
    assert "Journée" not in client.get(url("index")).text
    assert QuestionSet.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, question_set: QuestionSet, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number - 1):
        make_question_set(MEAL, organisation=question_set.organisation)
    desk.get(url("index"))
    with django_assert_num_queries(11):
        assert desk.get(url("index")).text.count("Journée") >= 1
