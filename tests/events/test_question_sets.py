"""Sets of questions: what makes one sound, saving, copying, deleting."""

from typing import Any

import pytest

from common.errors import DomainError
from common.versions import StaleError
from events.domain.activity_settings import settings_of
from events.domain.questions import (
    copy_question_set,
    delete_question_set,
    mistakes,
    save_question_set,
    uses,
)
from events.models import Answer, JournalEntry, Question, QuestionSet, Session
from tests.factories import (
    make_activity,
    make_coordinator,
    make_question_set,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db

MEAL = {"kind": "choice", "label": "Déjeunez-vous ?", "options": "Oui\nNon"}


def wrong(*questions: dict[str, Any]) -> list[tuple[int, str | None]]:
    made = [Question(**({"label": "Une question"} | one)) for one in questions]
    return [(place, error.field) for place, error in mistakes(made)]


def test_a_sound_set_has_no_mistake() -> None:
    assert wrong(MEAL, {"shown_if_number": 1, "shown_if_answer": "oui"}, {"kind": "checkbox"}) == []


@pytest.mark.parametrize("options", ["", "Oui", "Oui\n\n  Oui  ", "Oui\n" + "x" * 241, "\n".join("abc" * 17)])
def test_choices_need_two_different_options_of_a_reasonable_length(options: str) -> None:
    expected = [] if options == "\n".join("abc" * 17) else [(0, "options")]
    assert wrong({"kind": "choice", "options": options}) == expected
    assert wrong({"kind": "multiple", "options": options}) == expected


def test_a_condition_names_an_earlier_question() -> None:
    after = {"shown_if_number": 2, "shown_if_answer": "Oui"}
    assert wrong(MEAL, after) == [(1, "shown_if_number")]
    assert wrong(after | {"shown_if_number": 1}) == [(0, "shown_if_number")]
    assert wrong({"label": "Libre"}, after | {"shown_if_number": 1}) == [(1, "shown_if_number")]
    assert wrong(MEAL, {"shown_if_answer": "Oui"}) == [(1, "shown_if_number")]


def test_a_condition_names_one_of_its_answers() -> None:
    assert wrong(MEAL, {"shown_if_number": 1, "shown_if_answer": "Peut-être"}) == [(1, "shown_if_answer")]
    assert wrong({"kind": "checkbox"}, {"shown_if_number": 1}) == [(1, "shown_if_answer")]
    assert wrong({"kind": "checkbox"}, {"shown_if_number": 1, "shown_if_answer": "OUI"}) == []


def stored() -> QuestionSet:
    return make_question_set(MEAL, {"label": "Un mot ?"}, name="Journée")


def test_saving_raises_the_version_numbers_the_questions_and_logs_both_texts() -> None:
    found = stored()
    by = make_coordinator(found.organisation)
    first, second = found.questions.all()
    first.label = "Mangez-vous avec nous ?"
    first.sort_order, second.sort_order = 1, 0
    found.questions = [second, first]
    save_question_set(question_set=found, seen=1, by=by)
    fresh = QuestionSet.objects.get(pk=found.pk)
    assert [each.label for each in fresh.questions.all()] == ["Un mot ?", "Mangez-vous avec nous ?"]
    assert (fresh.version, fresh.edited_by) == (2, by)
    entry = JournalEntry.objects.get(action="escale.edit_questions")
    assert entry.data == {
        "before": ["Déjeunez-vous ?", "Un mot ?"],
        "after": ["Un mot ?", "Mangez-vous avec nous ?"],
    }
    assert entry.organisation_id == found.organisation_id


def test_the_second_editor_is_warned_and_overwrites_nothing() -> None:
    found = stored()
    mine = QuestionSet.objects.get(pk=found.pk)
    save_question_set(question_set=found, seen=1, by=None)
    mine.name = "À moi"
    with pytest.raises(StaleError):
        save_question_set(question_set=mine, seen=1, by=None)
    assert QuestionSet.objects.get(pk=found.pk).name == "Journée"


def test_a_set_with_a_mistake_or_without_questions_is_not_saved() -> None:
    found = stored()
    found.questions = []
    with pytest.raises(DomainError, match="au moins une question"):
        save_question_set(question_set=found, seen=1, by=None)
    found.questions = [Question(label="Choisir", kind="choice", options="Un")]
    with pytest.raises(DomainError, match="Question 1 : Écrivez au moins deux choix"):
        save_question_set(question_set=found, seen=1, by=None)
    assert QuestionSet.objects.get(pk=found.pk).questions.count() == 2


def test_what_a_kind_does_not_use_is_not_kept() -> None:
    found = make_question_set({"label": "Libre"})
    found.questions.get().options = "A\nB"
    question = Question(label="Libre", options="A\nB", shown_if_number=0)
    found.questions = [question]
    save_question_set(question_set=found, seen=None, by=None)
    kept = Question.objects.get(question_set=found)
    assert (kept.options, kept.shown_if_number) == ("", None)


def test_a_copy_has_its_own_questions_and_another_name() -> None:
    found = stored()
    copied = copy_question_set(question_set=found, by=None)
    assert copied.pk != found.pk
    assert copied.name.startswith("Journée (copie du ")
    assert copied.organisation == found.organisation
    assert [each.label for each in copied.questions.all()] == ["Déjeunez-vous ?", "Un mot ?"]
    assert found.questions.count() == 2


def test_a_set_in_use_is_not_deleted_and_says_where_it_is_asked() -> None:
    found = stored()
    activity = make_activity(found.organisation)
    for _ in range(2):
        Session.objects.filter(pk=make_session(activity).pk).update(question_set=found)
    settings = settings_of(activity)
    settings.question_set = found
    settings.save()
    with pytest.raises(DomainError, match="est posé par 2 sessions et 1 dispositif"):
        delete_question_set(question_set=found, by=None)
    known = uses(question_set=found)
    assert (len(known.sessions), known.activities) == (2, [activity])


def test_deleting_keeps_the_answers_and_leaves_a_line() -> None:
    found = stored()
    question = found.questions.first()
    Answer.objects.create(
        registration=make_registration(make_session()),
        question=question,
        label="Déjeunez-vous ?",
        value="Oui",
    )
    delete_question_set(question_set=found, by=None)
    assert not QuestionSet.objects.exists()
    assert Answer.objects.get().question is None
    assert JournalEntry.objects.filter(action="escale.delete_questions").exists()
