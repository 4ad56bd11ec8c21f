"""Blocks of content on the demo's pages. Words are ours; the real figure carries its source and date."""

from datetime import date
from typing import Any

from wagtail.rich_text import RichText

CAFE_BLOCKS: tuple[tuple[str, Any], ...] = (
    (
        "quote",
        {
            "text": "Je suis venue pour souffler. Je suis repartie avec trois numéros de collègues.",
            "who": "Une infirmière libérale (démonstration)",
            "url": "",
        },
    ),
    (
        "figure",
        {
            "value": "105 %",
            "label": "de remplissage des ateliers la première année",
            "source": "151 participations pour 144 places, CPTS Grand Havre",
            "date": date(2025, 4, 26),
        },
    ),
    (
        "faq",
        {
            "title": "Avant de venir",
            "questions": [
                {
                    "question": "Faut-il être adhérent ?",
                    "answer": RichText("<p>Non. La moitié des participants ne le sont pas.</p>"),
                },
                {
                    "question": "Et si je ne peux plus venir ?",
                    "answer": RichText(
                        "<p>Un clic dans l’e-mail de confirmation, et votre place va à quelqu’un d’autre.</p>"
                    ),
                },
                {
                    "question": "Dois-je parler devant tout le monde ?",
                    "answer": RichText("<p>Jamais. On peut venir écouter, et repartir sans rien dire.</p>"),
                },
            ],
        },
    ),
)
