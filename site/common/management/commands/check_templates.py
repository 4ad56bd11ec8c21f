"""Compile every template of the project: a wrong tag is found before somebody meets it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "Compile every template of templates/."

    def handle(self, *args: Any, **options: Any) -> None:
        root: Path = settings.BASE_DIR / "templates"
        names = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        failures = []
        for name in names:
            try:
                get_template(name)
            except (TemplateSyntaxError, UnicodeDecodeError) as error:
                failures.append(f"{name}: {error}")
        if failures:
            raise CommandError("\n".join(failures))
        self.stdout.write(f"{len(names)} gabarits compilés.")
