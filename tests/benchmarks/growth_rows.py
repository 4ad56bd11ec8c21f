"""Rows of growth: one organisation that stays as it is, and ever more of the others around it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Site

from certificates.models import Certificate
from events.models import (
    ActivityPage,
    Attendance,
    AttendanceSheet,
    JournalEntry,
    Message,
    Registration,
    Session,
    Slot,
)
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Organisation, User
from pages.models import OrganisationPage
from tests.benchmarks.documents import FACTS
from tests.factories import make_activity, make_home, make_user

# Of one step: a thousand sessions of ten people, in eighty organisations.
ORGANISATIONS, SESSIONS, PEOPLE_EACH = 80, 1_000, 10
YEARS = timedelta(days=360)
TITLES = ("Sophrologie", "Cohérence cardiaque", "Écrire pour déposer", "Dormir après une garde", "Marche")
CITIES = ("Le Havre", "Rouen", "Dieppe", "Évreux", "Caen", "Alençon", "Fécamp", "Lisieux")
State = Registration.State


@dataclass(frozen=True)
class Town:
    coordinator: User
    person: User
    page: OrganisationPage
    past: Session
    past_slot: int
    coming: Session


def settle() -> Town:
    """The organisation that is looked at: forty sessions, four hundred registrations."""
    home = make_home()
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    organisation = open_organisation(
        name="CPTS du bassin mesuré", short_name="Mesure", slug="mesure", email="m@example.org", by=None
    )
    coordinator = make_user(email="coordination.mesure@example.org")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    sessions = _fill([make_activity(organisation)], 40, "mesure")
    past, coming = sessions[19], sessions[20]
    return Town(
        coordinator=coordinator,
        person=coming.registrations.earliest("pk").user,
        page=OrganisationPage.objects.get(organisation=organisation),
        past=past,
        past_slot=past.slots.get().pk,
        coming=coming,
    )


_grown = 0


def grow(step: int) -> None:
    """Up to ``step`` times the first size."""
    global _grown
    while _grown < step:
        others = [_organisation(_grown * ORGANISATIONS + n) for n in range(ORGANISATIONS)]
        _fill([make_activity(each) for each in others], SESSIONS, f"autres{_grown}-")
        _grown += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _organisation(number: int) -> Organisation:
    return open_organisation(
        name=f"CPTS voisine {number}",
        short_name=f"Voisine {number}",
        slug=f"voisine-{number}",
        email=f"voisine{number}@example.org",
        department=("76", "27", "14", "61")[number % 4],
        by=None,
    )


@transaction.atomic
def _fill(activities: list[ActivityPage], number: int, mark: str) -> list[Session]:
    """Half of the sessions are over, their sheets closed; half are to come."""
    now = timezone.now()
    users = User.objects.bulk_create(
        [
            User(email=f"croissance{mark}{n}@example.org", password="!", first_name="Camille")
            for n in range(number * PEOPLE_EACH // 4)
        ]
    )
    sessions = Session.objects.bulk_create(
        _session(activities[n % len(activities)], n, now + YEARS * (n - number // 2 + 0.5) / number)
        for n in range(number)
    )
    slots = Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    )
    registrations = Registration.objects.bulk_create(
        _registration(session, users[(at * PEOPLE_EACH + n) * 7 % len(users)], n)
        for at, session in enumerate(sessions)
        for n in range(PEOPLE_EACH)
    )
    _write(registrations, mark, now)
    _close(slots, registrations, now)
    return sessions


def _write(registrations: list[Registration], mark: str, now: datetime) -> None:
    Message.objects.bulk_create(
        Message(
            key=f"{mark}{each.pk}",
            kind="confirmed",
            organisation=each.session.activity.organisation,
            registration=each,
            session=each.session,
            recipient=each.email,
            subject="Inscription",
            body="Vous êtes inscrit·e.",
            state=Message.State.SENT,
            next_try_at=each.registered_at,
            created_at=each.registered_at,
            sent_at=each.registered_at,
        )
        for each in registrations
    )
    JournalEntry.objects.bulk_create(
        JournalEntry(
            content_type_id=_content_type(),
            label="Inscription",
            action="escale.register",
            timestamp=each.registered_at,
            object_id=str(each.pk),
            organisation_id=each.session.activity.organisation_id,
            session_id=each.session_id,
            data={"registration": each.pk},
        )
        for each in registrations
    )


def _content_type() -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(Registration).pk


def _close(slots: list[Slot], registrations: list[Registration], now: datetime) -> None:
    over = {slot.session_id: slot for slot in slots if slot.ends_at < now}
    came = [
        each
        for each in registrations
        if each.session_id in over and each.state == Registration.State.CONFIRMED
    ]
    Attendance.objects.bulk_create(
        Attendance(registration=each, slot=over[each.session_id], state="present", marked_at=now)
        for each in came
    )
    AttendanceSheet.objects.bulk_create(
        AttendanceSheet(slot=slot, closed_at=slot.ends_at, content=[], content_hash="0" * 64)
        for slot in over.values()
    )
    Certificate.objects.bulk_create(
        Certificate(registration=each, number=f"{each.pk:026d}", facts=FACTS, issued_at=now)
        for each in came[::5]
    )


def _session(activity: ActivityPage, number: int, start: datetime) -> Session:
    over = start < timezone.now()
    return Session(
        activity=activity,
        title=f"{TITLES[number % len(TITLES)]} {number % 50}",
        description=f"Une heure de pratique guidée, puis un temps d’échange. Séance {number}.",
        city=CITIES[number % len(CITIES)],
        place_name=f"Maison de santé {number % 40}",
        status=Session.Status.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        completed_at=start + timedelta(hours=3) if over else None,
        capacity=12,
        seats_taken=PEOPLE_EACH * 4 // 5,
        department=activity.organisation.department,
        professions=["60", "10"] if number % 3 == 0 else [],
    )


def _registration(session: Session, user: User, number: int) -> Registration:
    before = min(session.starts_at, timezone.now()) - timedelta(days=9, minutes=number)
    return Registration(
        session=session,
        user=user,
        state=State.WITHDRAWN if number % 5 == 4 else State.CONFIRMED,
        first_name="Camille",
        last_name=f"Martin{user.pk}",
        email=user.email,
        profession="60",
        civility="Mme",
        registered_at=before,
        state_changed_at=before,
    )
