"""manage.py purge_journal: delete the journal's oldest entries; ``run_due`` does it by itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from events.domain.journal import purge_journal


class Command(BaseCommand):
    help = "Efface du journal ce qui a plus de trois ans."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Compte sans rien effacer.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        count = purge_journal(dry_run=dry_run)
        s = "s" if count > 1 else ""
        verb = ("seraient " if count > 1 else "serait ") if dry_run else ""
        self.stdout.write(f"{count} ligne{s} {verb}effacée{s}.")
