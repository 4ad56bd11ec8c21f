"""The measures; each returns lines to print."""

import csv
import io
import multiprocessing
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from events.domain import imports
from events.domain.report import report
from events.models import ActivityPage, Attendance, Registration, Session, Slot
from members.models import User
from tests.benchmarks.accounts import accounts
from tests.benchmarks.catalogue import catalogue
from tests.benchmarks.documents import certificates
from tests.benchmarks.exports import exports
from tests.benchmarks.listing import listing
from tests.benchmarks.pages import pages
from tests.benchmarks.visits import visits
from tests.concurrency.crowd import register_many
from tests.factories import make_activity, make_session

PROCESSES, EACH = 4, 100
LINES, LINES_PER_SESSION = 10_000, 50
HEADER = (
    *("Date", "Horaire", "Atelier", "Lieu", "Places", "Nom", "Prénom", "Courriel", "Civilité", "Profession"),
    *("RPPS", "Adhérent CPTS", "Présence", "Note /10"),
)
PARTICIPATIONS, PER_SESSION, PEOPLE = 100_000, 50, 5_000


def registrations() -> list[str]:
    """Four processes register different people to one session, first with seats, then on the waiting list."""
    lines = []
    database = {"NAME": connection.settings_dict["NAME"]}
    for title, capacity in (("avec des places", PROCESSES * EACH), ("en liste d'attente", 0)):
        session = make_session(capacity=max(1, capacity))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.concurrency.crowd"])
        start, times = context.Barrier(PROCESSES), context.Queue()
        crowd = [
            context.Process(
                daemon=True,
                target=register_many,
                args=(session.pk, range(number * EACH, (number + 1) * EACH), database, start, times),
            )
            for number in range(PROCESSES)
        ]
        for each in crowd:
            each.start()
        spans = [times.get(timeout=600) for _ in crowd]
        for each in crowd:
            each.join()
        elapsed = max(end for _, end in spans) - min(begin for begin, _ in spans)
        session.refresh_from_db()
        assert session.seats_taken + session.waiting == PROCESSES * EACH
        lines.append(f"{PROCESSES * EACH / elapsed:.0f} inscriptions/s {title} ({PROCESSES} processus)")
    return lines


def import_() -> list[str]:
    activity = make_activity()
    data = _spreadsheet()
    lines = []
    for title in ("premier import", "le même, répété"):
        begin = time.perf_counter()
        table = imports.read_rows(data, "mesure.csv")
        read = time.perf_counter()
        plan = imports.plan(activity=activity, table=table)
        planned = time.perf_counter()
        imports.apply(plan=plan, by=None)
        applied = time.perf_counter()
        lines.append(
            f"{applied - begin:.1f} s, {title} de {LINES} lignes "
            f"(lecture {read - begin:.1f}, aperçu {planned - read:.1f}, écriture {applied - planned:.1f})"
        )
    return lines


def _spreadsheet() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADER)
    for i in range(LINES):
        session, place = divmod(i, LINES_PER_SESSION)
        day = date(2024, 1, 8) + timedelta(days=session)
        person_number = (session * 7 + place) % 2000
        where = (
            f"{day:%d/%m/%Y}",
            "19h00-21h00",
            "Sophrologie",
            "Maison de santé, Le Havre",
            LINES_PER_SESSION,
        )
        who = (f"Martin{person_number}", "Camille", f"camille{person_number}@example.org", "Mme")
        writer.writerow([*where, *who, "Infirmière", "", "Oui", "Présent", 5 + i % 6])
    return out.getvalue().encode("utf-8-sig")


def report_() -> list[str]:
    activity = make_activity()
    _fill(activity)
    spans = []
    for _ in range(5):
        begin = time.perf_counter()
        found = report(activities=[activity])
        spans.append(time.perf_counter() - begin)
    assert found.participations == PARTICIPATIONS
    return [
        f"{statistics.median(spans) * 1000:.0f} ms, bilan de {PARTICIPATIONS} participations (médiane de 5)"
    ]


@transaction.atomic
def _fill(activity: ActivityPage) -> None:
    """Rows as an import leaves them, written in bulk: only the report is measured."""
    users = User.objects.bulk_create(
        [User(email=f"bilan{i}@example.org", password="!", civility="Mme") for i in range(PEOPLE)]
    )
    now = timezone.now()
    sessions = Session.objects.bulk_create(
        [_past(activity, now - timedelta(days=i + 1)) for i in range(PARTICIPATIONS // PER_SESSION)]
    )
    slots = Slot.objects.bulk_create(
        [Slot(session=each, starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions]
    )
    for number, slot in enumerate(slots):
        came = [users[(number * 7 + place) % PEOPLE] for place in range(PER_SESSION)]
        registrations = Registration.objects.bulk_create(_confirmed(slot, user) for user in came)
        Attendance.objects.bulk_create(
            Attendance(registration=each, slot=slot, state="present", marked_at=slot.ends_at)
            for each in registrations
        )
    connection.cursor().execute("ANALYZE")


def _past(activity: ActivityPage, start: datetime) -> Session:
    return Session(
        activity=activity,
        title="Sophrologie",
        status=Session.Status.PUBLISHED,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        capacity=PER_SESSION,
        seats_taken=PER_SESSION,
        completed_at=start + timedelta(hours=3),
    )


def _confirmed(slot: Slot, user: User) -> Registration:
    return Registration(
        session=slot.session,
        user=user,
        state=Registration.State.CONFIRMED,
        first_name="Camille",
        last_name="Martin",
        email=user.email,
        profession="60",
        civility="Mme",
        registered_at=slot.starts_at,
        state_changed_at=slot.starts_at,
    )


MEASURES: dict[str, Callable[[], list[str]]] = {
    "accounts": accounts,
    "export": exports,
    "registrations": registrations,
    "certificates": certificates,
    "import": import_,
    "report": report_,
    "listing": listing,
    "catalogue": catalogue,
    "pages": pages,
    "visits": visits,
}
