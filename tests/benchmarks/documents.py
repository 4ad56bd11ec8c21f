"""What a document costs once everything is loaded, beside the smallest page that WeasyPrint makes.

The two are taken in turn, so that what else the machine does weighs on both: the ratio is worth more
than the milliseconds.
"""

import resource
import statistics
import time
from collections.abc import Callable

from weasyprint import HTML

from certificates.domain.rendering import render_pdf
from certificates.models import Certificate
from common.pdf import OwnFontsOnly

EACH, MANY = 30, 200
_NUMBER = "ABCDEFGHJKMNPQRSTVWXYZ0123"
_FACTS = {
    "person": "Camille Martin",
    "profession": "Infirmier·ère",
    "organisation": "CPTS Numéro 1",
    "organisation_city": "Le Havre",
    "signatory": "La coordination",
    "activity": "Café des Soignants",
    "title": "Sophrologie",
    "place": "Maison de santé, Le Havre",
    "slots": [
        {
            "starts_at": f"2026-05-{day}T{at}:00+02:00",
            "ends_at": f"2026-05-{day}T{to}:00+02:00",
            "minutes": 210,
        }
        for day, at, to in ((19, "09:00", "12:30"), (19, "14:00", "17:30"), (26, "09:00", "12:30"))
    ],
    "minutes": 630,
    "issued_on": "2026-05-27",
    "training": {
        "nature": "formation",
        "planned_minutes": 630,
        "trainers": ["Dominique Modèle, médecin"],
        "objectives": [
            {"objective": f"Objectif {number} de la formation", "level": "acquired"} for number in range(3)
        ],
        "completed_on": "2026-05-26",
        "dpc_number": "",
    },
}


def certificates() -> list[str]:
    makers: dict[str, Callable[[], object]] = {"la page la plus simple": _simplest}
    for kind, label in Certificate.Kind.choices:
        document = Certificate(kind=kind, number=_NUMBER, facts=_FACTS)
        makers[label.lower()] = lambda document=document: render_pdf(document)  # type: ignore[misc]
    spans = _in_turn(makers)
    base = spans["la page la plus simple"]
    lines = [f"{name} : {_ms(found)} ; {_ratio(found, base)}" for name, found in spans.items()]
    return [*lines, _many()]


def _simplest() -> bytes:
    page = "<html lang=fr><title>Page</title><h1>Bonjour</h1><p>Un texte"
    made: bytes = HTML(string=page, url_fetcher=OwnFontsOnly()).write_pdf(pdf_variant="pdf/ua-1")
    return made


def _in_turn(makers: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    spans: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(EACH + 2):
        for name, make in makers.items():
            begin = time.process_time()
            make()
            if turn > 1:
                spans[name].append(time.process_time() - begin)
    return spans


def _ms(spans: list[float]) -> str:
    return f"{min(spans) * 1000:.0f} ms au mieux, {statistics.median(spans) * 1000:.0f} ms de médiane"


def _ratio(spans: list[float], base: list[float]) -> str:
    return f"{statistics.median(spans) / statistics.median(base):.1f} fois la plus simple"


def _many() -> str:
    """One process, one after the other; the peak of memory is that of the process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    for number in range(MANY):
        facts = _FACTS | {"person": f"Personne numéro {number}"}
        render_pdf(Certificate(kind=Certificate.Kind.PRESENCE, number=_NUMBER, facts=facts))
    took = time.perf_counter() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return f"{MANY} attestations de présence en {took:.1f} s, un seul processus ; mémoire : +{grown:.0f} Mio"
