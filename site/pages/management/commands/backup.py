"""manage.py backup DIRECTORY [--keep N]: one archive of the database and the files, in service."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from pages.domain.backups import taking


class Command(BaseCommand):
    help = "Sauvegarde la base et les fichiers dans une archive, sans arrêter le site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("destination", type=Path, help="dossier où ranger l’archive")
        parser.add_argument("--keep", type=int, metavar="N", help="ne garde que les N dernières")

    def handle(self, *args: Any, destination: Path, keep: int | None, **options: Any) -> None:
        try:
            taken = taking.take(destination=destination.resolve(), keep=keep)
        except DomainError as error:
            raise CommandError(str(error)) from None
        size = f"{taken.size / 1_000_000:.1f}".replace(".", ",")
        self.stdout.write(f"{taken.path}")
        self.stdout.write(f"{taken.files} fichiers, {size} Mo, relus et justes.")
        if taken.removed:
            self.stdout.write(f"Effacées : {', '.join(taken.removed)}.")
        self.stdout.write("SECRET_KEY et les clés de cachet n’y sont pas : gardez-les ailleurs.")
