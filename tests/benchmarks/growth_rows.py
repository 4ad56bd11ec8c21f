"""Rows of growth: one organisation that is looked at, and ever more around it, or behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
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

PEOPLE_EACH = 10
YEARS = timedelta(days=360)
TITLES = ("Sophrologie", "Cohérence cardiaque", "Écrire pour déposer", "Dormir après une garde", "Marche")
CITIES = ("Le Havre", "Rouen", "Dieppe", "Évreux", "Caen", "Alençon", "Fécamp", "Lisieux")
State = Registration.State


@dataclass(frozen=True)
class Size:
    """Of what is around: other organisations, their sessions, the people of each session; and of what is
    behind: sessions that the organisation looked at had in years before."""

    organisations: int = 80
    sessions: int = 1_000
    registrations: int = 10_000
    before: int = 40


NOTHING = Size(0, 0, 0)


@dataclass(frozen=True)
class Town:
    coordinator: User
    person: User
    activity: ActivityPage
    page: OrganisationPage
    past: Session
    past_slot: int
    running: Session
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
    activity = make_activity(organisation)
    sessions = _fill([activity], 40, "mesure")
    past, coming = sessions[19], sessions[20]
    [running] = _fill([activity], 1, "mesure-jour", begin=timedelta(hours=-1), span=timedelta())
    return Town(
        coordinator=coordinator,
        activity=activity,
        person=coming.registrations.earliest("pk").user,
        page=OrganisationPage.objects.get(organisation=organisation),
        past=past,
        past_slot=past.slots.get().pk,
        running=running,
        coming=coming,
    )


def grow(town: Town, had: Size, to: Size) -> None:
    """From ``had`` to ``to``; of what grows, one thing or all of them."""
    mark = f"{to.organisations}-{to.sessions}-{to.registrations}-{to.before}-"
    for number in range(had.organisations, to.organisations):
        make_activity(_organisation(number))
    sessions, people = to.sessions - had.sessions, to.registrations - had.registrations
    others = ActivityPage.objects.exclude(pk=town.activity.pk).select_related("organisation").order_by("pk")
    if sessions:
        _fill(list(others), sessions, mark, people=people // sessions)
    elif people:
        known = Session.objects.filter(activity__in=others).select_related("activity__organisation")
        _enlist(list(known), people // had.sessions, mark)
    if to.before > had.before:
        span = YEARS * (to.before - had.before) / 40
        _fill([town.activity], to.before - had.before, f"{mark}b", begin=-YEARS / 2 - span, span=span)
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
def _fill(
    activities: list[ActivityPage],
    number: int,
    mark: str,
    *,
    people: int = PEOPLE_EACH,
    begin: timedelta = -YEARS / 2,
    span: timedelta = YEARS,
) -> list[Session]:
    """Spread over ``span``; those that are over have closed sheets."""
    now = timezone.now()
    sessions = Session.objects.bulk_create(
        _session(activities[n % len(activities)], n, now + begin + span * (n + 0.5) / number)
        for n in range(number)
    )
    slots = Slot.objects.bulk_create(
        Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    )
    AttendanceSheet.objects.bulk_create(
        AttendanceSheet(slot=slot, closed_at=slot.ends_at, content=[], content_hash="0" * 64)
        for slot in slots
        if slot.ends_at < now
    )
    _enlist(sessions, people, mark)
    return sessions


@transaction.atomic
def _enlist(sessions: list[Session], each: int, mark: str) -> None:
    """``each`` people more in each session; one person is in four."""
    now = timezone.now()
    users = User.objects.bulk_create(
        User(email=f"croissance{mark}{n}@example.org", password="!", first_name="Camille")
        for n in range(max(each, len(sessions) * each // 4))
    )
    registrations = Registration.objects.bulk_create(
        _registration(session, users[(at * each + n) * 7 % len(users)], n)
        for at, session in enumerate(sessions)
        for n in range(each)
    )
    _write(registrations, mark, now)
    _attend(sessions, registrations, now)


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
    kind = ContentType.objects.get_for_model(Registration)
    JournalEntry.objects.bulk_create(
        JournalEntry(
            content_type=kind,
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


def _attend(sessions: list[Session], registrations: list[Registration], now: datetime) -> None:
    over = {session.pk for session in sessions if session.ends_at < now}
    slots = dict(Slot.objects.filter(ends_at__lt=now).values_list("session", "pk"))
    came = [each for each in registrations if each.session_id in over and each.state == State.CONFIRMED]
    Attendance.objects.bulk_create(
        Attendance(registration=each, slot_id=slots[each.session_id], state="present", marked_at=now)
        for each in came
    )
    Certificate.objects.bulk_create(
        Certificate(registration=each, number=f"{each.pk:026d}", facts=FACTS, issued_at=now)
        for each in came[::5]
    )


def _session(activity: ActivityPage, number: int, start: datetime) -> Session:
    over = start + timedelta(hours=2) < timezone.now()
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
        capacity=120,
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
