"""``manage.py load_demo``: the demo content; running it again changes nothing that exists."""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.domain import imports
from pages.demo import desk, leader, loading, opinions, people
from pages.demo.themes import load_themes
from pages.domain.standard_pages import add_standard_pages

PAST_YEAR = Path("events") / "data" / "cafe-des-soignants-2024-2025.csv"


class Command(BaseCommand):
    help = "Charge le contenu de démonstration, sans toucher à ce qui existe déjà."

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError(
                "Le contenu de démonstration ouvre des comptes au mot de passe public : il ne se charge que "
                "si ESCALE_DEMO=1 (ou DEBUG=1)."
            )
        # A line per page would hide ours.
        logging.getLogger("wagtail").setLevel(logging.WARNING)
        self._step("Comptes de démonstration", loading.load_accounts())
        self._step("Page d’accueil", loading.load_home())
        self._step("Pages d’aide et pages légales", add_standard_pages(by=loading.administrator()))
        self._step("Structures", loading.load_organisations())
        self._step("Dispositifs", loading.load_activities())
        self._step("Thèmes", load_themes())
        self._step("Questionnaires", opinions.load_questionnaire())
        self._step("Règle de la formation « Leader »", leader.load_rule())
        self._step("Sessions", loading.load_sessions(tell=lambda title: self.stdout.write(f"  · {title}")))
        self._step("Candidatures à la formation « Leader »", leader.load_leader())
        self._step("Formation « Leader » achevée", leader.load_completion())
        self._step("Avis des sessions passées", opinions.load_opinions())
        self._step("Bureau de la coordination", desk.load_desk())
        self._import_past_year()
        self._show_accounts()

    def _step(self, what: str, created: int) -> None:
        self.stdout.write(f"{what} : {f'{created} en plus' if created else 'déjà là'}")

    def _import_past_year(self) -> None:
        """The first year of the Café, read from its spreadsheet as a coordinator would."""
        path = settings.BASE_DIR / PAST_YEAR
        cafe = loading.activity("cafe-des-soignants")
        if cafe.sessions.filter(imported=True).exists():
            self._step("Première année du Café", 0)
            return
        plan = imports.plan(activity=cafe, table=imports.read_rows(path.read_bytes(), path.name))
        result = imports.apply(plan=plan, by=loading.administrator())
        self._step("Première année du Café", result.created)
        for failure in result.failures:
            self.stderr.write(failure)

    def _show_accounts(self) -> None:
        self.stdout.write(f"\nComptes, tous avec le mot de passe {people.PASSWORD} :")
        for email, *_names, what in people.ACCOUNTS:
            self.stdout.write(f"  {email:<28} {what}")
