"""Questionnaires, and questions of every kind as a survey copies them."""

import copy
from itertools import count
from typing import Any

from events.domain.questionnaire_editing import save_questionnaire
from events.models import Questionnaire, SurveyQuestion
from tests.factories import make_organisation

_numbers = count(1)
_EMPTY: dict[str, Any] = {"help": "", "options": [], "rows": [], "required": False}
_EVERY_KIND = [
    {"key": "note", "kind": "score", "label": "Quelle note donnez-vous à cette session ?", "required": True},
    {"key": "utile", "kind": "scale", "label": "Utile pour ma pratique"},
    {"key": "revenir", "kind": "yesno", "label": "Reviendriez-vous ?"},
    {
        "key": "horaire",
        "kind": "choice",
        "label": "Quel moment vous convient le mieux ?",
        "options": ["Le midi", "En soirée", "Le samedi matin"],
        "help": "Pour fixer les prochaines dates.",
    },
    {
        "key": "suite",
        "kind": "multiple",
        "label": "Qu’aimeriez-vous ensuite ?",
        "options": ["Une autre séance", "Un temps entre pairs", "Une formation"],
    },
    {
        "key": "grille",
        "kind": "matrix",
        "label": "Diriez-vous que…",
        "rows": [
            "Le rythme convenait",
            "Les échanges étaient libres",
            "Les exemples parlaient de mon métier",
        ],
    },
    {
        "key": "mot",
        "kind": "text",
        "label": "Un mot de plus ?",
        "help": "Ne nommez personne ; pas d’information de santé.",
    },
]


def every_kind() -> list[dict[str, Any]]:
    return [copy.deepcopy(_EMPTY | question) for question in _EVERY_KIND]


def make_questionnaire(*questions: dict[str, Any], **fields: Any) -> Questionnaire:
    """A stored questionnaire, through the rule that gives its questions their keys."""
    made = Questionnaire(**({"name": f"Questionnaire {next(_numbers)}"} | fields))
    if made.organisation_id is None:
        made.organisation = make_organisation()
    for one in questions:
        made.questions.add(SurveyQuestion(**one))
    return save_questionnaire(questionnaire=made, seen=None, by=None)
