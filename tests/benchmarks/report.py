"""The report over a million participations of one organisation in a year; and of one among many, small.

``report_1m_s`` is ``events.domain.report.report`` over all of them, in this process, once warm, when
``run_due`` has counted each session. Beside it, for whoever reads along: what that took, the same report
counted from the rows, the page that shows it, asked for by its coordination over HTTP, and the report of an
organisation of a thousand participations that shares the tables with the million.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.domain.report import report
from events.domain.report.tallies import refresh_due
from events.models import ActivityPage, Attendance, AttendanceSheet, Registration, Session, Slot
from members.domain.organisations import name_coordinator, open_organisation
from members.models import User
from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle
from tests.factories import make_activity, make_home, make_user

PARTICIPATIONS, PER_SESSION, PEOPLE, FEW = 1_000_000, 50, 50_000, 1_000
YEAR = timedelta(days=360)
ALL_OF_THEM = 3600.0  # seconds


def reports(participations: int = PARTICIPATIONS, people: int = PEOPLE, rounds: int = ROUNDS) -> Figures:
    make_home()
    organisation = open_organisation(
        name="CPTS mesurée", short_name="Mesure", slug="mesure", email="m@example.org", by=None
    )
    coordinator = make_user(email="coordination.mesure@example.org")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    many, few = make_activity(organisation), make_activity()
    begin = time.perf_counter()
    users = people_of(people)
    fill(many, participations, users)
    fill(few, min(FEW, participations), users)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    filled = time.perf_counter() - begin
    live = _spans(lambda: report(activities=[many]), 1)
    found = report(activities=[many])
    if found.participations != participations:
        raise RuntimeError(f"{found.participations} participations instead of {participations}")
    begin = time.perf_counter()
    tallied = refresh_due(seconds=ALL_OF_THEM)
    tallying = time.perf_counter() - begin
    if report(activities=[many]) != found:
        raise RuntimeError("the tallies do not say what the rows say")
    report(activities=[few])
    spans = _spans(lambda: report(activities=[many]), rounds)
    small = _spans(lambda: report(activities=[few]), rounds)
    return Figures(
        {"report_1m_s": middle(spans)},
        [
            f"{participations} participations écrites en {filled:.0f} s",
            f"bilan de toutes : {apart(spans, '.2f')} s ; compté sur les lignes : {live[0]:.1f} s",
            f"{tallied} sessions comptées par run_due en {tallying:.0f} s",
            f"bilan de {FEW} parmi elles : {apart([each * 1000 for each in small])} ms",
            f"la page du bilan de toutes, par HTTP : {apart(_pages(coordinator, many, rounds), '.2f')} s",
        ],
    )


def _spans(act: Callable[[], object], rounds: int) -> list[float]:
    spans = []
    for _ in range(rounds):
        begin = time.perf_counter()
        act()
        spans.append(time.perf_counter() - begin)
    return spans


def _pages(coordinator: User, activity: ActivityPage, rounds: int) -> list[float]:
    client = Client()
    client.force_login(coordinator)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    now = timezone.localdate()
    period = f"period=dates&since={now - YEAR - timedelta(days=2)}&until={now}"
    address = f"{reverse('report')}?about=dispositif-{activity.pk}&{period}"

    def ask() -> None:
        status, _body = server.get(served.port, address, {"Cookie": cookie})
        if status != 200:
            raise RuntimeError(f"report {status}")

    with server.escale() as served:
        ask()
        return _spans(ask, rounds)


def people_of(number: int) -> list[int]:
    made = User.objects.bulk_create(
        [User(email=f"bilan{i}@example.org", password="!", civility="Mme") for i in range(number)],
        batch_size=2000,
    )
    return [made[0].pk, number]


@transaction.atomic
def fill(activity: ActivityPage, number: int, users: Sequence[int]) -> None:
    """Rows as an import leaves them; the many of them are written by the database itself."""
    now = timezone.now()
    first_user, people = users
    count = number // PER_SESSION
    sessions = Session.objects.bulk_create(
        [_past(activity, now - timedelta(hours=3) - YEAR * n / count) for n in range(count)], batch_size=2000
    )
    slots = Slot.objects.bulk_create(
        [Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions],
        batch_size=2000,
    )
    AttendanceSheet.objects.bulk_create(
        [
            AttendanceSheet(slot=each, closed_at=each.ends_at, content=[], content_hash="0" * 64)
            for each in slots
        ],
        batch_size=2000,
    )
    first = sessions[0].pk
    _insert(
        Registration,
        {
            "session": "held.id",
            "user": f"{first_user} + (number.n % {people} * 7919) % {people}",
            "state": "'confirmed'",
            "first_name": "'Camille'",
            "last_name": "'Martin'",
            "email": "'camille@example.org'",
            "profession": "CASE number.n % 3 WHEN 0 THEN '10' WHEN 1 THEN '60' ELSE '70' END",
            "civility": "'Mme'",
            "registered_at": "held.starts_at",
            "state_changed_at": "held.starts_at",
        },
        f"WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < {number - 1})",
        f"FROM number JOIN events_session held ON held.id = {first} + number.n / {PER_SESSION}",
    )
    _insert(
        Attendance,
        {
            "registration": "came.id",
            "slot": "slot.id",
            "state": "'present'",
            "marked_at": "slot.ends_at",
        },
        "",
        "FROM events_slot slot JOIN events_registration came ON came.session_id = slot.session_id "
        f"WHERE slot.session_id BETWEEN {first} AND {sessions[-1].pk}",
    )


def _insert(model: type[models.Model], known: dict[str, str], before: str, source: str) -> None:
    """``known`` are expressions in SQL; what they do not name takes the default of its field."""
    columns, expressions, values = [], [], []
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        columns.append(connection.ops.quote_name(field.column))
        if field.name in known:
            expressions.append(known[field.name])
        else:
            expressions.append("%s")
            values.append(field.get_db_prep_save(field.get_default(), connection))
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
    select = f"SELECT {', '.join(expressions)} {source}".replace(" % ", " %% ")
    with connection.cursor() as cursor:
        cursor.execute(f"{into} {before} {select}", values)


def _past(activity: ActivityPage, start: datetime) -> Session:
    return Session(
        activity=activity,
        title="Sophrologie",
        city="Le Havre",
        status=Session.Status.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        completed_at=start + timedelta(hours=3),
        capacity=PER_SESSION,
        seats_taken=PER_SESSION,
    )
