"""The questions of a session on its page: asked, checked, kept, shown to the person alone."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from events.domain.links import registration_token
from events.models import Answer, Registration, Session
from tests.factories import make_question_set, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

PERSON = {
    "first_name": "Camille",
    "last_name": "Martin",
    "email": "camille@example.org",
    "profession": "60",
}
MEAL = {"kind": "choice", "label": "Déjeunez-vous ?", "options": ["Oui", "Non"], "required": True}
DIET = {
    "label": "Votre régime ?",
    "required": True,
    "is_need": True,
    "shown_if_number": 1,
    "shown_if_answer": "Oui",
}
CONSENT = {"kind": "consent", "label": "J’accepte d’être photographié·e", "required": True}


@pytest.fixture
def session() -> Session:
    made = make_session(capacity=2)
    made.question_set = make_question_set(MEAL, DIET, CONSENT, organisation=made.activity.organisation)
    made.save()
    return made


def names(session: Session) -> list[str]:
    assert session.question_set is not None
    return [f"question_{each.pk}" for each in session.question_set.questions.order_by("sort_order")]


def post(client: Client, session: Session, *given: Any, **fields: Any) -> HttpResponse:
    answers = {name: value for name, value in zip(names(session), given, strict=False) if value is not None}
    return client.post(f"/sessions/{session.pk}/inscription/", PERSON | answers | fields)


def test_the_questions_follow_the_person_with_their_conditions(client: Client, session: Session) -> None:
    page = client.get(f"/sessions/{session.pk}/").text
    meal, diet, consent = names(session)
    assert page.index("Profession") < page.index("Déjeunez-vous ?") < page.index("photographié·e")
    assert f'data-shown-if="{meal}" data-shown-answer="Oui"' in page
    assert "Si vous répondez « Oui » à « Déjeunez-vous ? »" in page
    assert diet in page
    ticked = re.search(rf'<input[^>]*name="{consent}"[^>]*>', page)
    assert ticked
    assert "checked" not in ticked[0]


def test_answers_are_kept_with_the_registration(client: Client, session: Session) -> None:
    assert post(client, session, "Oui", "Sans porc", "on").status_code == 302
    kept = [(each.label, each.value, each.is_need) for each in Registration.objects.get().answers.all()]
    assert kept == [
        ("Déjeunez-vous ?", "Oui", False),
        ("Votre régime ?", "Sans porc", True),
        ("J’accepte d’être photographié·e", True, False),
    ]


def test_what_is_missing_is_said_beside_its_question_and_nobody_is_registered(
    client: Client, session: Session
) -> None:
    response = post(client, session, "Oui", "", None)
    assert response.status_code == 422
    meal, diet, consent = names(session)
    for name, sentence in ((diet, "Répondez à cette question."), (consent, "Sans votre accord")):
        listed = re.search(rf'id="id_{name}_error">(.*?)</ul>', response.text, re.DOTALL)
        assert listed
        assert sentence in listed[1]
    assert not Registration.objects.exists()
    assert re.search(rf'name="{meal}" value="Oui"[^>]*checked', response.text)


def test_a_question_that_is_not_called_for_is_neither_required_nor_kept(
    client: Client, session: Session
) -> None:
    assert post(client, session, "Non", "Une réponse d’avant", "on").status_code == 302
    assert not Answer.objects.filter(label="Votre régime ?").exists()


@pytest.mark.parametrize("text", ["x" * 2001, "a\x00b"])
def test_an_impossible_text_is_refused_and_kept_on_screen(
    client: Client, session: Session, text: str
) -> None:
    response = post(client, session, "Oui", text, "on")
    assert response.status_code == 422
    assert not Registration.objects.exists()
    assert text.replace("\x00", "\x00") in response.text


def test_a_choice_that_is_not_offered_is_refused(client: Client, session: Session) -> None:
    response = post(client, session, "<b>Peut-être</b>", "", "on")
    assert response.status_code == 422
    assert "Choisissez une réponse de la liste." in response.text


def test_somebody_registered_already_keeps_their_answers_and_learns_nothing(
    session: Session,
) -> None:
    post(Client(), session, "Oui", "Sans porc", "on")
    response = post(Client(), session, "Non", "", "on")
    assert response.status_code == 302
    values = list(Registration.objects.get().answers.order_by("pk").values_list("value", flat=True))
    assert values == ["Oui", "Sans porc", True]
    assert "Sans porc" not in Client().get(f"/sessions/{session.pk}/").text


def test_a_question_added_meanwhile_is_asked_and_one_removed_is_forgotten(
    client: Client, session: Session
) -> None:
    given = dict(zip(names(session), ("Non", "", "on"), strict=True))
    assert session.question_set is not None
    session.question_set.questions.all()[1].delete()
    assert client.post(f"/sessions/{session.pk}/inscription/", PERSON | given).status_code == 302


def test_the_help_of_a_question_is_text_and_no_markup(client: Client) -> None:
    made = make_session()
    made.question_set = make_question_set(
        {"label": "<i>Titre</i>", "help_text": "<script>alert(1)</script>"},
        organisation=made.activity.organisation,
    )
    made.save()
    page = client.get(f"/sessions/{made.pk}/").text
    assert "<script>alert" not in page
    assert "<i>Titre" not in page


def test_the_personal_page_shows_ones_own_answers(client: Client, session: Session) -> None:
    post(client, session, "Oui", "Sans <porc>", "on")
    make_registration(session)
    found = Registration.objects.get(email=PERSON["email"])
    page = client.get(f"/inscriptions/{registration_token(found)}/").text
    assert "Vos réponses" in page
    assert "Sans &lt;porc&gt;" in page
    other = Registration.objects.exclude(pk=found.pk).get()
    assert "Vos réponses" not in client.get(f"/inscriptions/{registration_token(other)}/").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_question_and_for_three(
    client: Client, number: int, django_assert_num_queries: Any
) -> None:
    made = make_session()
    made.question_set = make_question_set(*[{}] * number, organisation=made.activity.organisation)
    made.save()
    client.get(f"/sessions/{made.pk}/")
    with django_assert_num_queries(9):
        client.get(f"/sessions/{made.pk}/")
