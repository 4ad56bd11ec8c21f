"""``manage.py import_participations FILE --activity SLUG [--dry-run]``"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from events.domain import imports
from events.domain.imports import Action, Plan, Result
from events.management.activities import activity_of_slug

QUIET_SECONDS = 2.0


class Command(BaseCommand):
    help = "Importe les participations passées d’un tableau CSV ou XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="tableau : .csv d’Excel ou .xlsx")
        parser.add_argument("--activity", required=True, metavar="SLUG", help="identifiant du dispositif")
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien écrire")

    def handle(self, *args: Any, **options: Any) -> None:
        activity = activity_of_slug(options["activity"])
        path = Path(options["file"])
        try:
            imports.check_size(path.stat().st_size)
            table = imports.read_rows(path.read_bytes(), path.name)
        except OSError:
            raise CommandError(f"Le fichier {path} ne peut pas être lu.") from None
        except DomainError as error:
            raise CommandError(str(error)) from None
        plan = imports.plan(activity=activity, table=table)
        self._show_plan(plan)
        if options["dry_run"]:
            self.stdout.write(f"Essai : {_counted(plan.counts)}. Rien n’a été écrit.")
            return
        result = imports.apply(plan=plan, by=None, progress=self._progress())
        self._show_result(result)

    def _show_plan(self, plan: Plan) -> None:
        for notice in plan.notices:
            self.stdout.write(notice)
        for line in plan.lines:
            for error in line.errors:
                self.stdout.write(f"Ligne {line.number} refusée : {error}")
            for warning in line.warnings:
                self.stdout.write(f"Ligne {line.number} : {warning}")

    def _show_result(self, result: Result) -> None:
        for failure in result.failures:
            self.stdout.write(f"Session laissée telle quelle : {failure}")
        counts = {
            Action.CREATE: result.created,
            Action.UPDATE: result.updated,
            Action.UNCHANGED: result.unchanged,
            Action.ERROR: result.refused,
        }
        self.stdout.write(f"Import terminé : {_counted(counts)}, {result.sessions} sessions écrites.")
        if result.failures:
            raise CommandError("Une partie des sessions n’a pas été importée.")

    def _progress(self) -> Any:
        """A line every two seconds, so that a long import shows that it lives."""
        last = time.monotonic()

        def show(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= QUIET_SECONDS:
                last = time.monotonic()
                self.stdout.write(f"{done} sessions sur {total}…")
                self.stdout.flush()

        return show


def _counted(counts: dict[Action, int]) -> str:
    words = {
        Action.CREATE: "créées",
        Action.UPDATE: "modifiées",
        Action.UNCHANGED: "inchangées",
        Action.ERROR: "refusées",
    }
    return f"{sum(counts.values())} lignes, dont " + ", ".join(
        f"{counts[action]} {word}" for action, word in words.items()
    )
