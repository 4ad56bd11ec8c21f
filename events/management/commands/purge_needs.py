"""manage.py purge_needs: erase dietary and access needs that served; ``run_due`` does it by itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from events.domain.answers import purge_needs


class Command(BaseCommand):
    help = "Efface les besoins alimentaires et d’accès, une semaine après la session."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Compte sans rien effacer.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        count = purge_needs(dry_run=dry_run)
        s = "s" if count > 1 else ""
        verb = ("seraient " if count > 1 else "serait ") if dry_run else ""
        self.stdout.write(f"{count} réponse{s} {verb}effacée{s}.")
