"""manage.py purge: let go of what was kept long enough; ``run_due`` does it by itself each night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pages.domain.retention import purge


class Command(BaseCommand):
    help = "Efface ou anonymise ce dont la durée de conservation est passée."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Compte sans rien effacer.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        lines = purge(dry_run=dry_run)
        verb = "à effacer" if dry_run else "fait"
        for line in lines:
            said = "échec, voir le journal du serveur" if line.count is None else f"{line.count} ({verb})"
            self.stdout.write(f"{line.label} : {said}")
        if any(line.count is None for line in lines):
            raise CommandError("Une partie n’a pas pu se faire : elle sera reprise cette nuit.")
