"""``manage.py report --activity SLUG [--from DATE --to DATE] --format text|json``"""

import json
import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.domain.report import Report, report
from events.management.activities import activity_of_slug


class Command(BaseCommand):
    help = "Le bilan d’un dispositif sur une période."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--activity", required=True, metavar="SLUG", help="identifiant du dispositif")
        parser.add_argument("--from", dest="since", metavar="AAAA-MM-JJ", help="premier jour")
        parser.add_argument("--to", dest="until", metavar="AAAA-MM-JJ", help="dernier jour")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = _day(options["since"], "--from"), _day(options["until"], "--to")
        if since and until and until < since:
            raise CommandError("La période finit avant de commencer : vérifiez --from et --to.")
        activity = activity_of_slug(options["activity"])
        found = report(activities=[activity], since=since, until=until)
        if options["format"] == "json":
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(f"{activity.title}, {_period(since, until)}\n{as_text(found)}")


def as_text(found: Report) -> str:
    """Each share with its denominator, as in the admin."""
    mark = "—" if found.satisfaction is None else f"{found.satisfaction}/10".replace(".", ",")
    others = found.non_member_participations
    lines = [
        f"Sessions : {found.sessions}",
        f"Places : {found.places}",
        f"Participations : {found.participations}",
        f"Participants : {found.participants}",
        f"Remplissage : {_share(found.fill_percent)} ({found.participations} sur {found.places} places)",
        f"Femmes : {_share(found.women_percent)} ({found.women} sur {found.with_civility} civilités connues)",
        f"Participations d’adhérents : {found.member_participations}",
        f"Non-adhérents : {_share(found.non_member_percent)} ({others} sur {found.participations})",
        f"Satisfaction : {mark} ({found.ratings} réponses)",
        f"Absences : {found.absent}",
        f"Désistements : {found.withdrawn}",
        "Professions (participations, participants) :",
    ]
    if found.to_close:
        lines.insert(0, f"Provisoire, émargements à clore : {len(found.to_close)}")
    lines += [f"  {each.label} : {each.participations}, {each.participants}" for each in found.professions]
    return "\n".join(lines)


def _share(percent: int | None) -> str:
    return "—" if percent is None else f"{percent} %"


def _day(typed: str | None, option: str) -> date | None:
    if not typed:
        return None
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", typed)
    try:
        return date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(typed)
    except ValueError:
        raise CommandError(
            f"{option} : « {typed[:40]} » n’est pas une date (exemples : 2025-01-31 ou 31/01/2025)."
        ) from None


def _period(since: date | None, until: date | None) -> str:
    if not since and not until:
        return "depuis le début"
    begin = f"du {since:%d/%m/%Y}" if since else "depuis le début"
    return f"{begin} au {until:%d/%m/%Y}" if until else f"{begin} à aujourd’hui"
