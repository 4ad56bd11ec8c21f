"""manage.py restore ARCHIVE: put the database and the files back, mailing nobody again, forgetting again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import moments
from common.errors import DomainError
from pages.domain.backups import restoring


class Command(BaseCommand):
    help = "Remet la base et les fichiers dans l’état d’une sauvegarde."
    # The database may be empty, or older than the code.
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="remplace une base qui n’est pas vide, sauvegardée d’abord"
        )
        parser.add_argument(
            "--without-safety-copy",
            action="store_true",
            help="ne sauvegarde pas la base remplacée (elle est illisible)",
        )
        parser.add_argument(
            "--erasures", type=Path, metavar="FICHIER", help="registre des effacements gardé ailleurs"
        )

    def handle(self, *args: Any, archive: Path, **options: Any) -> None:
        try:
            done = restoring.restore(
                source=archive.resolve(),
                replace=options["replace"],
                safety_copy=not options["without_safety_copy"],
                erasures=options["erasures"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
        self._tell(done)
        if done.settled.wrong:
            ids = ", ".join(map(str, done.settled.wrong))
            raise CommandError(f"Compteurs faux pour {len(done.settled.wrong)} session(s) : {ids}.")

    def _tell(self, done: restoring.Restored) -> None:
        settled = done.settled
        self.stdout.write(f"Le site est celui du {moments.short_moment(done.manifest.moment)}.")
        if done.safety:
            self.stdout.write(f"Ce qui était là avant est dans {done.safety}.")
        if done.former:
            self.stdout.write(f"L’ancienne base est à côté ({done.former}) : effacez-la quand tout va bien.")
        self.stdout.write(
            f"Messages retenus, peut-être déjà partis : {settled.held} ; "
            "la coordination les renvoie ou les écarte (Messages, Envoyés)."
        )
        if done.last_erasure is None:
            self.stdout.write(
                "Aucun registre d’effacements : refaites ceux demandés depuis (--erasures FICHIER)."
            )
        else:
            last = moments.short_moment(done.last_erasure)
            self.stdout.write(
                f"Effacements refaits : {settled.erased} (registre de {done.erasures}, le dernier le {last})."
            )
        self.stdout.write(f"Données arrivées à terme effacées : {settled.purged}.")
        self.stdout.write(
            "Ce qui a été retiré depuis est revenu : rôles, comptes fermés, seconds facteurs, attestations "
            "annulées, accords repris. Refaites-le avant d’ouvrir le site."
        )
        self.stdout.write("Tout le monde se reconnecte. Les compteurs de places sont vérifiés.")
