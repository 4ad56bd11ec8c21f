"""What is asked of Escale while all around it grows: pages, lists, files, forms that are posted, jobs."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate
from events.domain.exports import DEFAULTS, FileType, What, export
from events.domain.links import calendar_url, registration_url
from events.models import Registration, Session
from pages.domain.figures import gauges
from tests.benchmarks.growth_rows import Town
from tests.factories import make_admin

Act = Callable[[], object]
FORM = {"first_name": "Camille", "last_name": "Nouvelle", "email": "nouvelle@example.org", "profession": "60"}


def acts_on(town: Town) -> dict[str, dict[str, Act]]:
    """Family → what → how to do it once."""
    anonymous, person, desk, admin = (Client(HTTP_HOST="localhost") for _ in range(4))
    person.force_login(town.person)
    desk.force_login(town.coordinator)
    admin.force_login(make_admin())
    return {
        "Pages publiques": _public(anonymous, town),
        "Une personne, une séance": _of_a_person(anonymous, person, town) | _of_a_sheet(desk, town),
        "Bureau d’une coordination": _desk(desk, town),
        "Administration et tâches": _administration(admin) | _jobs(),
    }


def _public(anyone: Client, town: Town) -> dict[str, Act]:
    calendar, coming = reverse("events:calendar"), town.coming.pk
    came = Certificate.objects.filter(registration__session=town.past).earliest("pk")
    return {
        "accueil": _page(anyone, "/"),
        "catalogue": _page(anyone, calendar),
        "catalogue, page 3": _page(anyone, f"{calendar}?page=3"),
        "catalogue, mois": _page(anyone, f"{calendar}?vue=mois"),
        "catalogue, recherche": _page(anyone, f"{calendar}?q=bassin+mesure"),
        "catalogue, professions et places": _page(anyone, f"{calendar}?profession=60&places=1"),
        "éditions passées": _page(anyone, reverse("events:past")),
        "page de session": _page(anyone, reverse("events:session", args=[coming])),
        "session.ics": _page(anyone, reverse("events:session_ics", args=[coming])),
        "page de dispositif": _page(anyone, town.activity.url),
        "page de structure": _page(anyone, town.page.url),
        "cadre à intégrer": _page(anyone, reverse("events:embed", args=["mesure"])),
        "agenda de tout": _page(anyone, reverse("events:feed")),
        "agenda de la structure": _page(anyone, reverse("events:feed_organisation", args=["mesure"])),
        "agenda du dispositif": _page(anyone, reverse("events:feed_activity", args=[town.activity.pk])),
        "recherche du site": _page(anyone, f"{reverse('site_search')}?q=mesure"),
        "plan du site": _page(anyone, reverse("sitemap")),
        "API, sessions": _page(anyone, reverse("api:sessions:listing")),
        "API, structures": _page(anyone, reverse("api:organisations:listing")),
        "vérifier une attestation": _page(anyone, reverse("certificates:certificate", args=[came.number])),
    }


def _of_a_person(anyone: Client, person: Client, town: Town) -> dict[str, Act]:
    own = town.coming.registrations.filter(user=town.person).get()
    form = reverse("events:register", args=[town.coming.pk])
    return {
        "s’inscrire": _undone(lambda: _post(anyone, form, FORM)),
        "page personnelle": _page(anyone, registration_url(own)),
        "agenda personnel": _page(anyone, calendar_url(town.person)),
        "Mon espace": _page(person, reverse("my_space")),
        "mes données, copie": _page(person, reverse("my_copy")),
    }


def _of_a_sheet(desk: Client, town: Town) -> dict[str, Act]:
    slot, coming = town.running.slots.get().pk, town.coming.pk
    someone = town.running.registrations.filter(state="confirmed").earliest("pk").pk
    mark = {"marks": [{"registration": someone, "state": "present", "seen": ""}], "newcomers": []}
    return {
        "ce que j’anime": _page(desk, reverse("events:led_sessions")),
        "feuille d’émargement": _page(desk, reverse("events:attendance", args=[town.past_slot])),
        "état de la feuille": _page(desk, reverse("events:sheet_state", args=[slot])),
        "pointer": _undone(lambda: _send(desk, reverse("events:sheet_sync", args=[slot]), mark)),
        "participants d’une session": _page(desk, reverse("events:attendees", args=[coming])),
        "export d’une session": lambda: _export(town.past, town),
    }


def _desk(desk: Client, town: Town) -> dict[str, Act]:
    registrations, messages = reverse("registrations:index"), reverse("messages:index")
    someone = town.past.registrations.earliest("pk").pk
    return {
        "accueil du bureau": _page(desk, reverse("wagtailadmin_home")),
        "inscriptions": _page(desk, registrations),
        "inscriptions, recherche": _page(desk, f"{registrations}?q=martin+camille"),
        "inscriptions, triées par nom": _page(desk, f"{registrations}?ordering=last_name"),
        "inscription": _page(desk, reverse("registrations:inspect", args=[someone])),
        "sessions": _page(desk, reverse("sessions:index")),
        "calendrier du bureau": _page(desk, reverse("sessions:calendar")),
        "session": _page(desk, reverse("sessions:inspect", args=[town.coming.pk])),
        "dispositifs": _page(desk, reverse("activities")),
        "messages": _page(desk, messages),
        "messages, recherche": _page(desk, f"{messages}?q=martin"),
        "messages programmés": _page(desk, reverse("message_rules:index")),
        "journal": _page(desk, reverse("journal")),
        "bilan": _page(desk, reverse("report")),
        "avis": _page(desk, reverse("survey_results")),
        "attestations": _page(desk, reverse("certificates_batches")),
        "attestations à délivrer": _page(desk, reverse("certificates_issue")),
        "accords": _page(desk, reverse("agreements")),
        "exporter": _page(desk, reverse("export")),
        "importer": _page(desk, reverse("import_participations")),
    }


def _administration(admin: Client) -> dict[str, Act]:
    users, found = reverse("wagtailusers_users:index"), reverse("wagtailadmin_pages:search")
    return {
        "accueil": _page(admin, reverse("wagtailadmin_home")),
        "toutes les inscriptions": _page(admin, reverse("registrations:index")),
        "toutes les sessions": _page(admin, reverse("sessions:index")),
        "tous les messages": _page(admin, reverse("messages:index")),
        "tout le journal": _page(admin, reverse("journal")),
        "structures": _page(admin, reverse("organisations:index")),
        "pages, recherche": _page(admin, f"{found}?q=mesure"),
        "comptes": _page(admin, users),
        "comptes, recherche": _page(admin, f"{users}?q=croissance17"),
    }


def _jobs() -> dict[str, Act]:
    return {
        "minute sans rien à faire": lambda: _run("run_due"),
        "ménage, à blanc": lambda: _run("purge", dry_run=True),
        "chiffres de surveillance": gauges,
        **({"sauvegarde": _backup} if connection.vendor == "sqlite" else {}),  # pg_dump is not ours
    }


def _page(client: Client, address: str) -> Act:
    def ask() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} {answer.status_code}")
        b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]

    return ask


def _post(client: Client, address: str, form: Mapping[str, str]) -> None:
    answer = client.post(address, form)
    if answer.status_code != 302:
        raise RuntimeError(f"{address} {answer.status_code}")


def _send(client: Client, address: str, body: object) -> None:
    answer = client.post(address, body, content_type="application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{address} {answer.status_code} {answer.content[:200]!r}")


def _undone(act: Act) -> Act:
    """What it wrote is taken back: the next time writes the same."""

    def undo() -> None:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)

    return undo


def _export(session: Session, town: Town) -> None:
    made = export(
        registrations=Registration.objects.filter(session=session),
        what=What.ATTENDEES,
        chosen=DEFAULTS[What.ATTENDEES],
        file_type=FileType.CSV,
        title="Mesure",
        by=town.coordinator,
    )
    assert list(made.content)


def _backup() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run("backup", folder)


def _run(name: str, *arguments: str, **options: Any) -> None:
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        call_command(name, *arguments, **options)
