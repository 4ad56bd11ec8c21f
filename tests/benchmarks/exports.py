"""The export of ten thousand attendees, over HTTP, asked for by their coordination: seconds and memory.

One web process, so that it is known which one grew; it has exported a hundred people before.
``export_rss_mb`` is how far the peak of its memory during an export lies above what it held before, the
larger of the two kinds.
"""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import ActivityPage, Attendance, Registration, Session, Slot
from members.domain.organisations import name_coordinator, open_organisation
from members.models import User
from tests.benchmarks import server
from tests.benchmarks.figures import ROUNDS, Figures, apart, middle
from tests.benchmarks.scripts import FORM, TOKEN
from tests.factories import make_activity, make_home, make_user

PEOPLE, PER_SESSION = 10_000, 100
COLUMNS = ("date", "session", "last_name", "first_name", "profession", "email", "presence")
MEBI = 2**20


def exports(people: int = PEOPLE, rounds: int = ROUNDS) -> Figures:
    make_home()
    organisation = open_organisation(
        name="CPTS mesurée", short_name="Mesure", slug="mesure", email="m@example.org", by=None
    )
    coordinator = make_user(email="coordination.mesure@example.org")
    name_coordinator(organisation=organisation, user=coordinator, by=None)
    few, many = make_activity(organisation), make_activity(organisation)
    fill(few, PER_SESSION)
    fill(many, people)
    figures = Figures()
    grown = []
    with server.escale(WEB_WORKERS="1") as served:
        ask = _asking(served.port, coordinator)
        for kind in ("csv", "xlsx"):
            ask(few.pk, kind)
            rests = _memory(served, "VmRSS")
            spans, weight = [], 0
            for _ in range(rounds):
                _forget_peak(served)
                begin = time.perf_counter()
                weight = len(ask(many.pk, kind))
                spans.append(time.perf_counter() - begin)
                grown.append(_memory(served, "VmHWM") - rests)
            figures.keys[f"export_{kind}_s"] = middle(spans)
            figures.notes.append(
                f"{kind} de {people} personnes : {apart(spans, '.2f')} s ({weight / MEBI:.1f} Mio) ; "
                f"mémoire en plus : {apart(grown[-rounds:])} Mio"
            )
    figures.keys["export_rss_mb"] = max(middle(grown[:rounds]), middle(grown[rounds:]))
    return figures


def _asking(port: int, coordinator: User) -> Any:
    """A browser that is signed in, with both factors, and has the form open."""
    client = Client()
    client.force_login(coordinator)
    session = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    address = f"{reverse('export')}?what=attendees"
    status, page, cookies = server.open_page(port, address, {"Cookie": session})
    if status != 200:
        raise RuntimeError(f"export form {status}")
    token = TOKEN.search(page)
    assert token, page[:400]

    def ask(activity: int, kind: str) -> bytes:
        form = {
            "csrfmiddlewaretoken": token[1].decode(),
            "activity": activity,
            "columns": COLUMNS,
            "file_type": kind,
        }
        headers = {
            "Cookie": "; ".join([session, *cookies]),
            "Content-Type": FORM,
            "Origin": f"http://127.0.0.1:{port}",
        }
        status, body = server.ask(port, "POST", address, urlencode(form, doseq=True).encode(), headers)
        if status != 200:
            raise RuntimeError(f"export {status}: {body[:400]!r}")
        return body

    return ask


def _memory(served: server.Served, what: str) -> float:
    """Of all its processes, in MiB: ``VmRSS`` now, ``VmHWM`` at the most since ``_forget_peak``."""
    return sum(_field(process.pid, what) for process in served.processes()) / 1024


def _field(pid: int, what: str) -> int:
    found = re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def _forget_peak(served: server.Served) -> None:
    for process in served.processes():
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def fill(activity: ActivityPage, number: int) -> None:
    """Past sessions of a hundred, everybody came."""
    now = timezone.now()
    users = User.objects.bulk_create(
        [User(email=f"export{activity.pk}.{i}@example.org", password="!") for i in range(number)],
        batch_size=2000,
    )
    for place in range(number // PER_SESSION):
        start = now - timedelta(days=place + 1)
        session = Session.objects.create(
            activity=activity,
            title="Sophrologie",
            status=Session.Status.PUBLISHED,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            capacity=PER_SESSION,
            seats_taken=PER_SESSION,
        )
        slot = Slot.objects.create(session=session, starts_at=start, ends_at=session.ends_at)
        came = Registration.objects.bulk_create(
            Registration(
                session=session,
                user=user,
                state=Registration.State.CONFIRMED,
                first_name="Camille",
                last_name=f"Martin{user.pk}",
                email=user.email,
                profession="60",
                registered_at=start,
                state_changed_at=start,
            )
            for user in users[place * PER_SESSION : (place + 1) * PER_SESSION]
        )
        Attendance.objects.bulk_create(
            Attendance(registration=each, slot=slot, state="present", marked_at=start) for each in came
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
