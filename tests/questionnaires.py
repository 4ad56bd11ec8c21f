"""Questions of every kind, as a survey copies them."""

import copy
from typing import Any

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
