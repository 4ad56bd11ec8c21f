"""The coordinator's list of registrations, with 20,000 of one organisation."""

import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import ActivityPage, Registration, Session, Slot
from members.domain.organisations import name_coordinator, open_organisation
from members.models import User
from tests.factories import make_activity, make_home, make_user

PEOPLE, PER_SESSION, ROUNDS = 20_000, 50, 9
STATES = ("confirmed", "confirmed", "confirmed", "waitlisted", "withdrawn")


def listing() -> list[str]:
    make_home()
    organisation = open_organisation(
        name="CPTS mesurée", short_name="Mesure", slug="mesure", email="m@example.org", by=None
    )
    activity = make_activity(organisation)
    _fill(activity)
    coordinator = make_user(email="coordination.mesure@example.org")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    client = Client(HTTP_HOST="localhost")
    client.force_login(coordinator)
    session = activity.sessions.order_by("pk")[:1].get()
    pages = {
        "première page": "",
        "filtrée (état et session)": f"?state=confirmed&session={session.pk}",
        "filtrée (état)": "?state=waitlisted",
        "recherche de deux mots": "?q=camille+martin199",
        "dernière page": f"?p={PEOPLE // 50}",
        "triée par nom": "?ordering=last_name",
    }
    index = reverse("registrations:index")
    lines = [measured(client, f"{index}{query}", title) for title, query in pages.items()]
    return [*lines, measured(client, reverse("sessions:inspect", args=[session.pk]), "page d'une session")]


def measured(client: Client, url: str, title: str, before: Callable[[], object] = lambda: None) -> str:
    """``before`` runs before each round, unmeasured."""
    assert client.get(url).status_code == 200, url
    spans = []
    for _ in range(ROUNDS):
        before()
        begin = time.perf_counter()
        client.get(url)
        spans.append(time.perf_counter() - begin)
    before()
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return f"{statistics.median(spans) * 1000:.0f} ms, {len(queries)} requêtes, {title} (médiane de {ROUNDS})"


@transaction.atomic
def _fill(activity: ActivityPage) -> None:
    users = User.objects.bulk_create(
        [User(email=f"liste{i}@example.org", password="!", first_name="Camille") for i in range(PEOPLE // 4)]
    )
    now = timezone.now()
    starts = [now + timedelta(days=30 - number) for number in range(PEOPLE // PER_SESSION)]
    sessions = Session.objects.bulk_create(_session(activity, start) for start in starts)
    Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    )
    Registration.objects.bulk_create(
        Registration(
            session=sessions[i // PER_SESSION],
            user=users[i % len(users)],
            state=STATES[i % len(STATES)],
            first_name="Camille",
            last_name=f"Martin{i}",
            email=users[i % len(users)].email,
            profession="60",
            registered_at=now - timedelta(minutes=i),
            state_changed_at=now,
        )
        for i in range(PEOPLE)
    )
    connection.cursor().execute("ANALYZE")


def _session(activity: ActivityPage, start: datetime) -> Session:
    return Session(
        activity=activity,
        title="Sophrologie",
        status=Session.Status.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        capacity=PER_SESSION,
        seats_taken=PER_SESSION * 3 // 5,
        waiting=PER_SESSION // 5,
    )
