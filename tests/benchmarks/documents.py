"""What a document costs once everything is loaded, beside the smallest page that WeasyPrint makes.

They are taken in turn, so that what else the machine does weighs on all: the ratio is worth more than the
milliseconds. ``certificate_ms`` is the median of a certificate of presence, one process.
``certificate_batch_ms``: two hundred as a batch makes them, files included, on two processors; each.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from weasyprint import HTML

from certificates.domain import making
from certificates.domain.rendering import render_pdf
from certificates.models import Certificate
from common.pdf_drawing import OwnFontsOnly
from events.models import Registration
from members.models import User
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle
from tests.factories import make_session

EACH, MANY, PROCESSORS = 30, 200, 2
_NUMBER = "ABCDEFGHJKMNPQRSTVWXYZ0123"
FACTS = {
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


def certificates(each: int = EACH, many: int = MANY, rounds: int = ROUNDS) -> Figures:
    makers: dict[str, Callable[[], object]] = {"la page la plus simple": _simplest}
    for kind, label in Certificate.Kind.choices:
        document = Certificate(kind=kind, number=_NUMBER, facts=FACTS)
        makers[label.lower()] = lambda document=document: render_pdf(document)  # type: ignore[misc]
    spans = _in_turn(makers, each)
    base = spans["la page la plus simple"]
    batches = _batches(many, rounds)
    presence = spans[Certificate.Kind.PRESENCE.label.lower()]
    return Figures(
        {
            "certificate_ms": middle([span * 1000 for span in presence]),
            "certificate_batch_ms": middle([seconds / many * 1000 for seconds in batches]),
        },
        [
            *(f"{name} : {_ms(found)} ; {_ratio(found, base)}" for name, found in spans.items()),
            f"{many} d’un lot, deux processeurs : {apart(batches, '.1f')} s",
        ],
    )


def _simplest() -> bytes:
    page = "<html lang=fr><title>Page</title><h1>Bonjour</h1><p>Un texte"
    made: bytes = HTML(string=page, url_fetcher=OwnFontsOnly()).write_pdf(pdf_variant="pdf/ua-1")
    return made


def _in_turn(makers: dict[str, Callable[[], object]], each: int) -> dict[str, list[float]]:
    spans: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(each + 2):
        for name, make in makers.items():
            begin = time.perf_counter()
            make()
            if turn > 1:
                spans[name].append(time.perf_counter() - begin)
    return spans


def _ms(spans: list[float]) -> str:
    return f"{min(spans) * 1000:.0f} ms au mieux, {statistics.median(spans) * 1000:.0f} ms de médiane"


def _ratio(spans: list[float], base: list[float]) -> str:
    return f"{statistics.median(spans) / statistics.median(base):.1f} fois la plus simple"


def _batches(many: int, rounds: int) -> list[float]:
    """In a process of its own, without threads, as the worker's: it makes helpers."""
    _issue(many)
    database = {"NAME": connection.settings_dict["NAME"]}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd"])
    told = context.Queue()
    process = context.Process(target=_measure, args=(database, rounds, told))
    process.start()
    found: list[float] = told.get(timeout=600)
    process.join()
    return found


def _measure(database: dict[str, Any], rounds: int, told: Any) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    connection.settings_dict.update(database)
    spans = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            made = making.make_files(
                certificates=Certificate.objects.order_by("pk"),
                folder=Path(folder),
                title="Mesure",
                progress=lambda _done, _total: None,
            )
            spans.append(time.perf_counter() - begin)
            assert not made.problems, made.problems
    told.put(spans)


def _issue(many: int) -> None:
    session, now = make_session(days=-1), timezone.now()
    for number in range(many):
        user = User.objects.create_user(email=f"attestation{number}@example.org")
        registration = Registration.objects.create(
            session=session,
            user=user,
            state=Registration.State.WITHDRAWN,  # whom no seat is counted for
            registered_at=now,
            state_changed_at=now,
        )
        facts = FACTS | {"person": f"Personne numéro {number}"}
        Certificate.objects.create(
            registration=registration, number=f"{number:026d}", facts=facts, issued_at=now
        )
