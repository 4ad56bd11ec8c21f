"""Questionnaires: the one that comes with Escale, what a survey copies, what an answer may hold.

An answer goes by the key of its question: a mark or a step of a scale is a number, yes or no a boolean, one
choice its words, several choices a list, a text its words, a grid the step of each of its lines. What was
left empty is not there.
"""

import copy
from typing import Any

from common.errors import DomainError
from events.models import Questionnaire, SurveyQuestion
from events.models.survey import SCALE

TEXT_LENGTH = 2000
Kind = SurveyQuestion.Kind
Question = dict[str, Any]


def _question(key: str, kind: str, label: str, *, help: str = "", required: bool = False) -> Question:  # noqa: A002
    return {
        "key": key,
        "kind": str(kind),
        "label": label,
        "help": help,
        "options": [],
        "rows": [],
        "required": required,
    }


STANDARD: list[Question] = [
    _question("note", Kind.SCORE, "Quelle note donnez-vous à cette session ?", required=True),
    _question("utile", Kind.SCALE, "Utile pour ma pratique"),
    _question("accueil", Kind.SCALE, "Bon accueil, bonne organisation"),
    _question("mot", Kind.TEXT, "Un mot de plus ?", help="Ne nommez personne ; pas d’information de santé."),
]


def snapshot(questionnaire: Questionnaire | None) -> list[Question]:
    """What a survey asks, as it is today; None: the questionnaire that comes with Escale."""
    if questionnaire is None:
        return copy.deepcopy(STANDARD)
    return [
        {
            "key": each.key,
            "kind": each.kind,
            "label": each.label,
            "help": each.help_text,
            "options": each.options.splitlines(),
            "rows": each.rows.splitlines(),
            "required": each.required,
        }
        for each in questionnaire.questions.all()
    ]


def checked(questions: list[Question], values: dict[str, Any]) -> dict[str, Any]:
    """The answers of ``values`` to ``questions``, tidied; a refusal is about the key of its question."""
    kept: dict[str, Any] = {}
    for question in questions:
        key = question["key"]
        value = _READ[question["kind"]](question, values.get(key))
        if value not in (None, "", [], {}):
            kept[key] = value
        elif question["required"]:
            raise DomainError("Répondez à cette question.", field=key)
    return kept


def _score(question: Question, value: Any) -> int | None:
    return _among(question, value, range(11), "La note va de 0 à 10.")


def _scale(question: Question, value: Any) -> int | None:
    return _among(question, value, dict(SCALE), "Choisissez une réponse de 1 à 5.")


def _yes_no(question: Question, value: Any) -> bool | None:
    return _among(question, value, (True, False), "Répondez par oui ou par non.")


def _choice(question: Question, value: Any) -> str | None:
    return _among(question, value or None, question["options"], "Choisissez une réponse de la liste.")


def _multiple(question: Question, value: Any) -> list[str]:
    chosen = list(value or [])
    for each in chosen:
        _among(question, each, question["options"], "Choisissez des réponses de la liste.")
    return [option for option in question["options"] if option in chosen]


def _text(question: Question, value: Any) -> str:
    text = str(value or "").replace("\r\n", "\n").strip()
    if "\0" in text:
        raise DomainError("Le texte contient un caractère invisible : retapez-le.", field=question["key"])
    if len(text) > TEXT_LENGTH:
        raise DomainError(f"Le texte dépasse {TEXT_LENGTH} signes : raccourcissez-le.", field=question["key"])
    return text


def _matrix(question: Question, value: Any) -> dict[str, int]:
    given = dict(value or {})
    if not set(given) <= set(question["rows"]):
        raise DomainError("La grille a changé : rechargez la page.", field=question["key"])
    steps = {row: _scale(question, given.get(row)) for row in question["rows"]}
    return {row: step for row, step in steps.items() if step is not None}


def _among(question: Question, value: Any, allowed: Any, otherwise: str) -> Any:
    if value is not None and (type(value) is bool) != (question["kind"] == Kind.YES_NO):
        raise DomainError(otherwise, field=question["key"])
    if value is not None and value not in allowed:
        raise DomainError(otherwise, field=question["key"])
    return value


_READ = {
    Kind.SCORE: _score,
    Kind.SCALE: _scale,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.MULTIPLE: _multiple,
    Kind.TEXT: _text,
    Kind.MATRIX: _matrix,
}
