"""What a page, a list, a report or a job costs as all around it grows, and what it shows does not.

``python -m tests.benchmarks growth`` fills the database in steps with organisations, sessions, people,
messages and certificates of others, beside an organisation that stays as it is. Cost is processor time, ours
and that of PostgreSQL’s process, the least of five; and statements. ``build/growth-<engine>.json`` and
``build/growth-<engine>.png`` keep what was found; docs/croissance.md tells it.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates.models import Certificate
from events.domain.exports import DEFAULTS, FileType, What, export
from events.models import Registration, Session
from tests.benchmarks import growth_plot
from tests.benchmarks.growth_rows import Town, grow, settle
from tests.databases import ROOT
from tests.factories import make_admin

STEPS, TIMES = (1, 3, 10), 5
GROWS = 2.0  # from the first step to the last: more than chance, less than what grows
Costs = dict[str, dict[str, list[float]]]  # family → what → milliseconds, one a step


def growth() -> list[str]:
    town, costs, statements = settle(), {}, {}
    for step in STEPS:
        grow(step)
        for family, acts in _acts(town).items():
            for name, act in acts.items():
                spent, asked = _cost(act)
                costs.setdefault(family, {}).setdefault(name, []).append(spent)
                statements.setdefault(name, []).append(asked)
    return _tell(costs, statements)


def _tell(costs: Costs, statements: dict[str, list[int]]) -> list[str]:
    told, engine = [], "sqlite" if connection.vendor == "sqlite" else "postgresql"
    for acts in costs.values():
        for name, spans in acts.items():
            ratio = spans[-1] / spans[0]
            mark = "  ← grandit" if ratio > GROWS else ""
            times = " · ".join(f"{span:.1f}" for span in spans)
            asked = " · ".join(str(number) for number in statements[name])
            told.append(f"{name:<38} {times:>24} ms  × {ratio:.1f}   {asked} requêtes{mark}")
    build = ROOT / "build"
    found = {"steps": STEPS, "milliseconds": costs, "statements": statements}
    (build / f"growth-{engine}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1))
    growth_plot.draw(costs, STEPS, build / f"growth-{engine}.png", connection.display_name)
    return told


def _cost(act: Callable[[], object]) -> tuple[float, int]:
    spans = []
    for turn in range(TIMES + 1):
        cache.clear()
        begin = _busy()
        act()
        if turn:
            spans.append((_busy() - begin) * 1000)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        act()
    return min(spans), len(queries)


def _busy() -> float:
    """Seconds of processor, whatever else the machine does."""
    spent = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent += int(schedule.read_text().split()[0]) / 1e9
    return spent


def _acts(town: Town) -> dict[str, dict[str, Callable[[], object]]]:
    anonymous, person, desk, admin = (Client(HTTP_HOST="localhost") for _ in range(4))
    person.force_login(town.person)
    desk.force_login(town.coordinator)
    admin.force_login(make_admin())
    calendar, registrations = reverse("events:calendar"), reverse("registrations:index")
    certificate = Certificate.objects.filter(registration__session=town.past).earliest("pk")
    return {
        "Pages publiques": {
            "accueil": _page(anonymous, "/"),
            "catalogue": _page(anonymous, calendar),
            "catalogue, mois": _page(anonymous, f"{calendar}?vue=mois"),
            "catalogue, recherche": _page(anonymous, f"{calendar}?q=bassin+mesure"),
            "catalogue, professions et places": _page(anonymous, f"{calendar}?profession=60&places=1"),
            "éditions passées": _page(anonymous, reverse("events:past")),
            "page de session": _page(anonymous, reverse("events:session", args=[town.coming.pk])),
            "page de structure": _page(anonymous, town.page.url),
            "agenda de la structure": _page(anonymous, reverse("events:feed_organisation", args=["mesure"])),
            "recherche du site": _page(anonymous, f"{reverse('site_search')}?q=mesure"),
            "vérifier une attestation": _page(
                anonymous, reverse("certificates:certificate", args=[certificate.number])
            ),
        },
        "Personnes et séances": {
            "Mon espace": _page(person, reverse("my_space")),
            "feuille d’émargement": _page(desk, reverse("events:attendance", args=[town.past_slot])),
            "participants d’une session": _page(desk, reverse("events:attendees", args=[town.coming.pk])),
            "export d’une session": lambda: _export(town.coming, town),
        },
        "Bureau de la coordination": {
            "accueil du bureau": _page(desk, reverse("wagtailadmin_home")),
            "inscriptions": _page(desk, registrations),
            "inscriptions, recherche": _page(desk, f"{registrations}?q=martin+camille"),
            "sessions": _page(desk, reverse("sessions:index")),
            "session": _page(desk, reverse("sessions:inspect", args=[town.coming.pk])),
            "messages": _page(desk, reverse("messages:index")),
            "journal": _page(desk, reverse("journal")),
            "bilan": _page(desk, reverse("report")),
        },
        "Administration et tâches": {
            "inscriptions, toutes": _page(admin, registrations),
            "messages, tous": _page(admin, reverse("messages:index")),
            "pages, recherche": _page(admin, f"{reverse('wagtailadmin_pages:search')}?q=mesure"),
            "comptes, recherche": _page(admin, f"{reverse('wagtailusers_users:index')}?q=croissance17"),
            "minute sans rien à faire": lambda: _run("run_due"),
            "ménage, à blanc": lambda: _run("purge", dry_run=True),
        },
    }


def _page(client: Client, address: str) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} {answer.status_code}")
        b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]

    return ask


def _export(session: Session, town: Town) -> None:
    made = export(
        registrations=Registration.objects.filter(session=session),
        what=What.ATTENDEES,
        chosen=DEFAULTS[What.ATTENDEES],
        file_type=FileType.CSV,
        title="Mesure",
        by=town.coordinator,
    )
    assert list(made.content)


def _run(name: str, **options: Any) -> None:
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        call_command(name, **options)
