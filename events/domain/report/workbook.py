"""The bilan as a workbook: the same figures as numbers, to be worked on."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from common import moments
from common.spreadsheets import Sheet, write_sheets
from events.domain.report.comparing import Bilan
from events.domain.report.figures import Report, SessionFigures
from events.domain.report.groups import Group, in_order, small_groups_merged
from events.domain.report.presenting import Figure, key_figures, provisional
from events.domain.report.shares import percent
from events.domain.report.subject import Subject
from events.models import Session

Row = Sequence[Any]
UNITS = {"": "", "%": "%", "/10": "sur 10", "min": "heures"}
COUNTED = ("Participations", "Part en %", "Participants", "Sessions")


def write_workbook(*, subject: Subject, bilan: Bilan) -> bytes:
    found = bilan.current
    figures = key_figures(bilan)
    return write_sheets(
        [
            Sheet("Synthèse", _summary_header(bilan), _summary(bilan, figures)),
            Sheet("Par session", SESSION_HEADER, _sessions(subject, found)),
            Sheet("Professions", ("Profession", *COUNTED[:3]), _groups(found.professions, found)),
            Sheet("Communes", ("Commune de la session", *_PLACES), _places(found.cities, found)),
            Sheet(
                "Jours et heures", ("Début de la session", *_PLACES), _places(in_order(found.hours), found)
            ),
            Sheet("Satisfaction", ("Chiffre", "Valeur"), _satisfaction(found)),
            Sheet("Méthode", ("Sujet", "Ce qu’il veut dire"), _method(subject, bilan, figures)),
        ]
    )


_PLACES = ("Participations", "Part en %", "Sessions")
SESSION_HEADER = (
    "Date", "Heure", "Session", "Dispositif", "Commune", "Modalité", "Places", "Inscriptions", "Confirmées",
    "Participations", "Remplissage en %", "Absences", "Désistements", "Passées par la liste d’attente",
    "Restées sans place", "Heures proposées", "Heures de présence", "Émargement",
)  # fmt: skip


def _summary_header(bilan: Bilan) -> Row:
    before = bilan.before.short if bilan.before else "période précédente"
    return ("Chiffre", "Valeur", "Unité", "Numérateur", "Dénominateur", before.capitalize(), "Précision")


def _summary(bilan: Bilan, figures: Iterable[Figure]) -> Iterable[Row]:
    if said := provisional(bilan):
        before = len(bilan.previous.to_close) if bilan.previous else None
        yield "Émargements à clore", len(bilan.current.to_close), "", None, None, before, said
    for each in figures:
        yield (
            each.label,
            _number(each.value, each.unit),
            UNITS[each.unit],
            each.part,
            each.whole,
            _number(each.previous, each.unit),
            each.detail,
        )


def _sessions(subject: Subject, found: Report) -> Iterable[Row]:
    activities = {each.pk: each.title for each in subject.activities}
    for line in found.lines:
        begins = timezone.localtime(line.starts_at)
        yield (
            f"{begins:%d/%m/%Y}", f"{begins:%H:%M}", line.title, activities.get(line.activity, ""), line.city,
            Session.Modality(line.modality).label, line.capacity, line.registrations, line.confirmed,
            line.participations, percent(line.participations, line.capacity), line.no_show, line.withdrawn,
            line.waited, line.unseated, _hours(line.minutes), _hours(line.attended),
            _attendance(line),
        )  # fmt: skip


def _attendance(line: SessionFigures) -> str:
    if line.settled:
        return "clos"
    return "à clore" if line.to_close else "en cours"


def _groups(groups: Iterable[Group], found: Report) -> Iterable[Row]:
    for each in small_groups_merged(groups):
        share = percent(each.participations, found.participations)
        yield each.label, each.participations, share, each.participants


def _places(groups: Iterable[Group], found: Report) -> Iterable[Row]:
    for each in in_order(small_groups_merged(groups)):
        share = percent(each.participations, found.participations)
        yield each.label.capitalize() if each.order else each.label, each.participations, share, each.sessions


def _satisfaction(found: Report) -> Iterable[Row]:
    mean = "moins de cinq réponses closes" if found.satisfaction is None else float(found.satisfaction)
    yield "Moyenne sur 10", mean
    yield "Réponses dans la moyenne", 0 if found.satisfaction is None else found.ratings
    yield "Réponses reçues", found.answers
    yield "Personnes interrogées", found.asked
    yield "Taux de réponse en %", percent(found.answers, found.asked)


def _method(subject: Subject, bilan: Bilan, figures: Iterable[Figure]) -> Iterable[Row]:
    yield "Structure", subject.organisation
    yield "Dispositifs", " · ".join(each.title for each in subject.activities)
    yield (
        "Période",
        f"{bilan.period.title}, {bilan.period.words}" if bilan.period.name else bilan.period.title,
    )
    if bilan.before:
        yield "Période comparée", bilan.before.words if bilan.previous else "rien à comparer"
    yield "Établi le", moments.date_text(timezone.localdate())
    for each in figures:
        yield each.label, each.method
    yield "Petits groupes", "Les groupes de moins de cinq personnes sont réunis sous « Autres »."
    yield "Communes", "Celles des lieux des sessions : Escale ne connaît pas l’adresse des personnes."


def _number(value: int | Decimal | None, unit: str) -> int | float | None:
    if value is None:
        return None
    if unit == "min":
        return _hours(int(value))
    return float(value) if isinstance(value, Decimal) else value


def _hours(minutes: int) -> float:
    return round(minutes / 60, 2)
