"""Spreadsheets for the tests of the import."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

SAMPLE = Path(__file__).resolve().parents[2] / "events" / "data" / "cafe-des-soignants-2024-2025.csv"
HEADER = [
    "Date", "Horaire", "Atelier", "Lieu", "Places", "Nom", "Prénom", "Courriel", "Civilité", "Profession",
    "RPPS", "Adhérent CPTS", "Présence", "Note /10",
]  # fmt: skip
LINE = {
    "Date": "21/05/2024",
    "Horaire": "19h00-21h00",
    "Atelier": "Sophrologie",
    "Lieu": "Maison de santé, Le Havre",
    "Places": "12",
    "Nom": "Hamel",
    "Prénom": "Yann",
    "Courriel": "yann.hamel@example.org",
    "Civilité": "M.",
    "Profession": "IDEL",
    "RPPS": "",
    "Adhérent CPTS": "Oui",
    "Présence": "Présent",
    "Note /10": "8",
}


def line(**changes: Any) -> list[Any]:
    """A good line, changed; ``Adhérent CPTS`` and ``Note /10`` may be named ``Adhérent`` and ``Note``."""
    titles = {"Adhérent": "Adhérent CPTS", "Note": "Note /10"}
    return list((LINE | {titles.get(name, name): value for name, value in changes.items()}).values())


def csv_file(*lines: Sequence[Any], header: Sequence[str] = HEADER, encoding: str = "utf-8-sig") -> bytes:
    text = "".join(";".join(str(cell) for cell in row) + "\r\n" for row in [header, *lines])
    return text.encode(encoding)


def xlsx_file(*lines: Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    book = Workbook()
    for row in [header, *lines]:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
