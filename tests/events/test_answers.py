"""Answers to a registration's questions: which are asked, what is kept, when it is erased."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from common.errors import DomainError
from events.domain import answers
from events.domain.registration import withdraw
from events.models import Answer, Registration, Session
from tests.factories import make_question_set, make_registration, make_session

pytestmark = pytest.mark.django_db

MEAL = {"kind": "choice", "label": "Déjeunez-vous ?", "options": ["Oui", "Non"], "required": True}
DIET = {
    "kind": "multiple",
    "label": "Votre régime",
    "options": ["Végétarien", "Sans porc"],
    "required": True,
    "is_need": True,
    "shown_if_number": 1,
    "shown_if_answer": "Oui",
}
WHY = {"label": "Qu’attendez-vous ?", "shown_if_number": 2, "shown_if_answer": "Sans porc"}


def asking(*questions: dict[str, Any]) -> Session:
    found = make_question_set(*questions)
    session = make_session()
    Session.objects.filter(pk=session.pk).update(question_set=found)
    session.refresh_from_db()
    return session


def answer(session: Session, *given: Any, source: str = "web") -> list[tuple[str, Any]]:
    """Labels and values that stay when the questions are answered in order by ``given``."""
    registration = make_registration(session)
    registration.source = source
    questions = answers.questions_of(registration.session)
    by_question = {question.pk: value for question, value in zip(questions, given, strict=False)}
    kept = answers.keep(registration=registration, answers=by_question)
    return [(each.label, each.value) for each in kept]


def refusal(session: Session, *given: Any) -> str:
    with pytest.raises(DomainError) as caught:
        answer(session, *given)
    assert caught.value.field is not None
    assert caught.value.field.startswith("question_")
    assert not Answer.objects.exists()
    return str(caught.value)


def test_each_kind_of_answer_is_kept_with_its_question_as_it_was_asked() -> None:
    session = asking(
        {"kind": "text", "label": "Un mot ?"},
        MEAL,
        {"kind": "multiple", "options": ["A", "B", "C"]},
        {"kind": "checkbox"},
        {"kind": "consent", "required": True},
    )
    kept = answer(session, "  Zoé 🌊\r\nà deux  ", "Non", ["C", "A"], "", "on")
    assert [value for _, value in kept] == ["Zoé 🌊\nà deux", "Non", ["A", "C"], False, True]
    assert kept[0][0] == "Un mot ?"
    Answer.objects.first().question.delete()
    assert Answer.objects.first().label == "Un mot ?"


def test_what_was_left_empty_leaves_no_answer() -> None:
    session = asking({"kind": "text"}, {"kind": "choice", "options": ["A"]}, DIET | {"required": False})
    assert answer(session, "   ", "", []) == []


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        ("text", "  ", "Répondez à cette question."),
        ("choice", "", "Choisissez une réponse."),
        ("multiple", [], "Choisissez au moins une réponse."),
        ("checkbox", "", "Cochez cette case pour vous inscrire."),
        ("consent", None, "Sans votre accord sur ce point, l’inscription n’est pas possible."),
        ("choice", "Autre chose", "Choisissez une réponse de la liste."),
        ("multiple", ["A", "Autre"], "Choisissez une réponse de la liste."),
        ("text", "é" * 2001, "La réponse dépasse 2 000 caractères."),
        ("text", "a\x00b", "caractère invisible"),
        ("choice", "A\x00", "Choisissez une réponse de la liste."),
    ],
)
def test_what_is_missing_or_impossible_is_refused_beside_its_question(
    kind: str, given: Any, sentence: str
) -> None:
    assert sentence in refusal(asking({"kind": kind, "options": ["A", "B"], "required": True}), given)


def test_two_thousand_signs_are_kept() -> None:
    assert answer(asking({"kind": "text"}), "🌊" * 2000)[0][1] == "🌊" * 2000


def test_a_question_whose_condition_is_not_met_is_neither_required_nor_kept() -> None:
    session = asking(MEAL, DIET, WHY)
    assert answer(session, "Non", ["Sans porc"], "Du repos") == [("Déjeunez-vous ?", "Non")]


def test_a_question_whose_condition_is_met_is_required() -> None:
    assert refusal(asking(MEAL, DIET), "Oui", []) == "Choisissez au moins une réponse."


def test_conditions_follow_one_another() -> None:
    kept = answer(asking(MEAL, DIET, WHY), "Oui", ["Sans porc"], "Du repos")
    assert [value for _, value in kept] == ["Oui", ["Sans porc"], "Du repos"]


def test_a_ticked_box_calls_for_the_question_that_depends_on_it() -> None:
    box = {"kind": "checkbox", "label": "Je viens en fauteuil"}
    then = {"label": "Précisez", "required": True, "shown_if_number": 1, "shown_if_answer": "oui"}
    assert refusal(asking(box, then), "on", "") == "Répondez à cette question."
    assert [value for _, value in answer(asking(box, then), "", "")] == [False]


def test_the_coordination_may_leave_a_question_unanswered() -> None:
    assert answer(asking(MEAL, {"required": True}), "", "", source="staff") == []


def test_an_answer_to_another_sets_question_is_ignored() -> None:
    stray = make_question_set({"label": "Ailleurs"}).questions.get()
    registration = make_registration(asking({"label": "Ici"}))
    assert answers.keep(registration=registration, answers={stray.pk: "x"}) == []


def test_answers_come_back_by_registration_in_one_query(django_assert_num_queries: Any) -> None:
    session = asking(MEAL, {"label": "Un mot"})
    answer(session, "Oui", "Bonjour")
    answer(session, "Non")
    registrations = list(session.registrations.order_by("pk"))
    with django_assert_num_queries(1):
        found = answers.of(registrations)
    texts = [[answers.in_words(each) for each in found[one.pk]] for one in registrations]
    assert texts == [["Oui", "Bonjour"], ["Non"]]


# --- Needs are erased ---------------------------------------------------------------------------


def needing() -> Registration:
    session = asking(DIET | {"shown_if_number": None}, {"label": "Un mot"})
    answer(session, ["Sans porc"], "Bonjour")
    return session.registrations.get()


def left() -> list[str]:
    return list(Answer.objects.order_by("pk").values_list("label", flat=True))


def test_needs_are_kept_until_a_week_after_the_session() -> None:
    end = needing().session.ends_at
    assert answers.purge_needs(now=end + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert left() == ["Votre régime", "Un mot"]


def test_needs_are_erased_a_week_after_the_session_and_nothing_else_is() -> None:
    end = needing().session.ends_at
    assert answers.purge_needs(now=end + timedelta(days=7)) == 1
    assert left() == ["Un mot"]


def test_the_needs_of_somebody_who_withdrew_are_erased_a_week_later() -> None:
    registration = needing()
    withdraw(registration=registration)
    now = timezone.now()
    assert answers.purge_needs(now=now + timedelta(days=6)) == 0
    assert answers.purge_needs(now=now + timedelta(days=7, minutes=1)) == 1
    assert left() == ["Un mot"]


@pytest.mark.parametrize("state", ["declined", "expired", "cancelled"])
def test_the_needs_of_whoever_does_not_come_are_erased_a_week_later(state: str) -> None:
    registration, now = needing(), timezone.now()
    Registration.objects.filter(pk=registration.pk).update(state=state, state_changed_at=now)
    assert answers.purge_needs(now=now + timedelta(days=6)) == 0
    assert answers.purge_needs(now=now + timedelta(days=7, minutes=1)) == 1


def test_a_dry_run_counts_and_erases_nothing() -> None:
    end = needing().session.ends_at
    assert answers.purge_needs(now=end + timedelta(days=7), dry_run=True) == 1
    assert len(left()) == 2


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def past() -> None:
    registration = needing()
    long_ago = timezone.now() - timedelta(days=8)
    Session.objects.filter(pk=registration.session_id).update(
        starts_at=long_ago - timedelta(hours=2), ends_at=long_ago
    )


def test_the_command_says_how_many_and_erases_only_when_told() -> None:
    past()
    assert "besoins (repas, accès) : 1 (à effacer)\n" in run("purge", "--dry-run")
    assert len(left()) == 2
    assert "besoins (repas, accès) : 1 (fait)\n" in run("purge")
    assert left() == ["Un mot"]


def test_run_due_erases_them_and_names_nobody() -> None:
    past()
    assert "données arrivées à terme : 1" in run("run_due")
    assert left() == ["Un mot"]
