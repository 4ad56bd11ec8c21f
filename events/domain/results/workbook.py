"""The results as a workbook: the same figures as numbers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from common import moments
from common.spreadsheets import Sheet, write_sheets
from events.domain.results.asking import Line, Results
from events.domain.results.telling import Told
from events.domain.survey.blocks import FLOOR

Row = Sequence[Any]
COUNTS = (
    "Personnes interrogées",
    "Réponses",
    "Taux de réponse en %",
    "Moyenne sur 10",
    "Notes dans la moyenne",
)
TOO_FEW = "moins de cinq réponses"
ANONYMITY = (
    f"Aucun chiffre sous {FLOOR} réponses. Une session de {FLOOR} réponses ou plus se lit seule ; "
    "les plus petites sont réunies, et ce qui n’y suffit pas encore attend."
)


def write_workbook(found: Results) -> bytes:
    return write_sheets(
        [
            Sheet("Questions", ("Question", "Ligne", "Réponses", "Moyenne", "Sur"), _questions(found)),
            Sheet("Répartition", ("Question", "Ligne", "Réponse", "Nombre", "Part en %"), _bars(found)),
            Sheet("Au fil du temps", ("Question", "Ligne", "Période", "Moyenne", "Réponses"), _points(found)),
            Sheet("Par session", ("Session", "Dispositif", "Date", *COUNTS), _sessions(found)),
            Sheet("Par dispositif", ("Dispositif ou structure", *COUNTS), _others(found)),
            Sheet("Textes", ("Question", "Texte"), _texts(found)),
            Sheet("Méthode", ("Sujet", "Ce qu’il veut dire"), _method(found)),
        ]
    )


def _questions(found: Results) -> Iterable[Row]:
    for each in found.questions:
        mean = float(each.mean) if each.mean is not None else ("" if each.number else TOO_FEW)
        yield each.label, each.row, each.number, mean, each.out_of if each.mean is not None else ""


def _bars(found: Results) -> Iterable[Row]:
    for each in found.questions:
        for bar in each.bars:
            yield each.label, each.row, bar.label, bar.number, bar.share


def _points(found: Results) -> Iterable[Row]:
    for each in found.questions:
        for point in each.points:
            yield each.label, each.row, point.label, float(point.mean), point.number


def _sessions(found: Results) -> Iterable[Row]:
    for line in found.sessions:
        day = f"{timezone.localtime(line.starts_at):%d/%m/%Y}" if line.starts_at else ""
        yield line.label, line.detail, day, *_counts(line)


def _others(found: Results) -> Iterable[Row]:
    for line in (*found.organisations, *found.activities, found.total):
        yield line.label, *_counts(line)


def _counts(line: Line) -> Row:
    mean = float(line.mean) if line.mean is not None else TOO_FEW
    return line.invited, line.received, line.rate, mean, line.number


def _texts(found: Results) -> Iterable[Row]:
    for each in found.questions:
        for text in each.texts:
            yield _full(each), text.text


def _full(told: Told) -> str:
    return f"{told.label} · {told.row}" if told.row else told.label


def _method(found: Results) -> Iterable[Row]:
    asked = found.asked
    yield "Structure", asked.subject.organisation
    yield "Sujet", asked.title
    yield "Moment", asked.moment_label
    yield "Période", asked.period.title
    yield "Établi le", moments.date_text(timezone.localdate())
    yield "Anonymat", ANONYMITY
    yield "Textes", "Dans aucun ordre, séparés des notes ; sans ceux que la coordination a masqués."
