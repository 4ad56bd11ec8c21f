"""The public catalogue, with ten thousand sessions to come."""

from datetime import timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import ActivityPage, Session, SessionRole, Slot, Theme
from tests.benchmarks.listing import measured
from tests.factories import make_activity, make_home, make_organisation

SESSIONS, ORGANISATIONS, ACTIVITIES_EACH = 10_000, 20, 5
TITLES = ("Sophrologie", "Cohérence cardiaque", "Écrire pour déposer", "Dormir après une garde", "Marche")
CITIES = ("Le Havre", "Rouen", "Dieppe", "Évreux", "Caen", "Alençon", "Fécamp", "Lisieux")
DEPARTMENTS = ("76", "27", "14", "61")
TEXT = (
    "Une heure de pratique guidée pour apprendre à faire redescendre la pression entre deux patients, puis "
    "un temps d’échange autour d’un verre. Aucun prérequis ; venez comme vous êtes. Séance "
)


def catalogue() -> list[str]:
    make_home()
    _fill()
    client = Client(HTTP_HOST="localhost")
    pages = {
        "première page": "",
        "dernière page": f"?page={SESSIONS // 24}",
        "mois": "?vue=mois",
        "filtrée (profession, département, places)": "?profession=60&departement=76&places=1",
        "recherche d’un mot": "?q=sophrologie",
        "recherche de trois mots, dont un d’animation": "?q=marche+havre+marais",
        "recherche d’un mot dans un seul texte": "?q=9137",
        "mot mal tapé, corrigé": "?q=sofrologie+roeun",
        "mot inconnu": "?q=xyzzyx",
    }
    address = reverse("events:calendar")
    return [
        measured(client, f"{address}{query}", title, before=cache.clear) for title, query in pages.items()
    ]


@transaction.atomic
def _fill() -> None:
    themes = [Theme.objects.create(name=f"Thème {n}", slug=f"theme-{n}") for n in range(8)]
    activities: list[ActivityPage] = []
    for number in range(ORGANISATIONS):
        organisation = make_organisation(name=f"CPTS du bassin {number}", department=DEPARTMENTS[number % 4])
        for _ in range(ACTIVITIES_EACH):
            activity = make_activity(organisation)
            activity.themes.set([themes[number % 8], themes[(number + 3) % 8]])
            activity.save()
            activities.append(activity)
    sessions = Session.objects.bulk_create(_session(activities, number) for number in range(SESSIONS))
    Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    )
    SessionRole.objects.bulk_create(
        SessionRole(session=each, name=("Hélène Marais, psychologue", "Une sophrologue")[n % 2])
        for n, each in enumerate(sessions)
    )
    connection.cursor().execute("ANALYZE")


def _session(activities: list[ActivityPage], number: int) -> Session:
    start = timezone.now() + timedelta(days=1, hours=number)
    return Session(
        activity=activities[number % len(activities)],
        title=f"{TITLES[number % len(TITLES)]} {number % 50}",
        description=f"{TEXT}{number}.",
        city=CITIES[number % len(CITIES)],
        place_name=f"Maison de santé {number % 40}",
        status=Session.Status.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        capacity=12,
        seats_taken=number % 13,
        department=DEPARTMENTS[number % 4],
        professions=["60", "10"] if number % 3 == 0 else [],
    )
