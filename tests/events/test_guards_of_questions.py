"""What questions, questionnaires, programmes and themes refuse, whoever asks."""

from typing import Any

import pytest

from common.errors import DomainError
from events.domain.programmes import save_programme
from events.domain.questionnaire_editing import save_questionnaire
from events.domain.questionnaires import checked
from events.domain.questions import MAX_OPTIONS, MAX_QUESTIONS, save_question_set
from events.domain.themes import save_theme
from events.models import JournalEntry, Programme, Question, Questionnaire, QuestionSet, SurveyQuestion, Theme
from tests.factories import make_activity, make_organisation
from tests.questionnaires import every_kind

pytestmark = pytest.mark.django_db


def written() -> int:
    tables = (JournalEntry, Programme, Question, Questionnaire, QuestionSet, SurveyQuestion, Theme)
    return sum(table.objects.count() for table in tables)


@pytest.mark.parametrize(
    ("name", "questions", "sentence", "field"),
    [
        (" ", [{}], "Donnez un nom à ce jeu de questions", "name"),
        ("Repas", [{}] * (MAX_QUESTIONS + 1), f"Un jeu compte {MAX_QUESTIONS} questions au plus", None),
        ("Repas", [{}, {"label": " "}], "Question 2 : Écrivez la question", "label"),
        (
            "Repas",
            [{"kind": "choice", "options": "\n".join(map(str, range(MAX_OPTIONS + 1)))}],
            f"Question 1 : Proposez {MAX_OPTIONS} choix au plus",
            "options",
        ),
    ],
)
def test_a_set_of_questions_that_cannot_be_asked_is_not_kept(
    name: str, questions: list[dict[str, Any]], sentence: str, field: str | None
) -> None:
    made = QuestionSet(organisation=make_organisation(), name=name)
    for number, one in enumerate(questions):
        made.questions.add(Question(**({"label": f"Question {number} ?"} | one)))
    before = written()
    with pytest.raises(DomainError, match=sentence.replace(" :", "\N{NO-BREAK SPACE}:")) as refused:
        save_question_set(question_set=made, seen=None, by=None)
    assert refused.value.field == field
    assert written() == before


@pytest.mark.parametrize(
    ("name", "label", "sentence", "field"),
    [
        (" ", "Utile ?", "Donnez un nom à ce questionnaire", "name"),
        ("Après", " ", "Question 1 : Écrivez la question", "label"),
    ],
)
def test_a_questionnaire_and_its_questions_say_something(
    name: str, label: str, sentence: str, field: str
) -> None:
    made = Questionnaire(organisation=make_organisation(), name=name)
    made.questions.add(SurveyQuestion(kind="scale", label=label))
    before = written()
    with pytest.raises(DomainError, match=sentence.replace(" :", "\N{NO-BREAK SPACE}:")) as refused:
        save_questionnaire(questionnaire=made, seen=None, by=None)
    assert refused.value.field == field
    assert written() == before


def test_an_answer_to_a_line_that_the_grid_has_not_is_refused() -> None:
    [grid] = [one for one in every_kind() if one["kind"] == "matrix"]
    with pytest.raises(DomainError, match="La grille a changé") as refused:
        checked([grid], {grid["key"]: {grid["rows"][0]: 2, "Une autre ligne": 3}})
    assert refused.value.field == grid["key"]


def test_a_programme_has_a_name_and_gathers_something() -> None:
    activity = make_activity()
    before = written()
    for name, activities, field in (("  ", [activity], "name"), ("Prendre soin", [], "activities")):
        programme = Programme(organisation=activity.organisation, name=name)
        with pytest.raises(DomainError) as refused:
            save_programme(programme=programme, activities=activities, seen=None, by=None)
        assert refused.value.field == field
    assert written() == before


def test_a_theme_has_a_name() -> None:
    before = written()
    with pytest.raises(DomainError, match="Donnez un nom à ce thème") as refused:
        save_theme(theme=Theme(name=" \t "), by=None)
    assert refused.value.field == "name"
    assert written() == before
