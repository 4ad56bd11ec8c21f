"""manage.py check_counters: prove that the counters of every session equal its registrations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.domain.upkeep import wrong_counters


class Command(BaseCommand):
    help = "Vérifie que les compteurs de chaque session égalent ses inscriptions."

    def handle(self, *args: Any, **options: Any) -> None:
        if wrong := wrong_counters():
            ids = ", ".join(map(str, wrong))
            raise CommandError(f"Compteurs faux pour {len(wrong)} session(s) : {ids}.")
        self.stdout.write("Compteurs justes pour toutes les sessions.")
