"""Give a new installation its home, help and legal pages, and its first themes; repeating changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from events.domain.themes import add_starting_themes
from pages.domain.standard_pages import add_home, add_standard_pages


class Command(BaseCommand):
    help = "Ouvre le site : accueil, aide, pages légales, premiers thèmes. Peut être répétée."

    def handle(self, *args: Any, **options: Any) -> None:
        made = int(add_home(by=None)) + add_standard_pages(by=None)
        add_starting_themes(by=None)
        self.stdout.write(f"{made} page(s) créée(s)." if made else "Le site est déjà ouvert.")
