"""What an export of many people costs, in time and in memory; each in a process of its own."""

import multiprocessing
import resource
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from events.domain.exports import DEFAULTS, FileType, What, export
from events.models import Attendance, Registration, Session, Slot
from members.models import User
from tests.factories import make_activity

SIZES = (10_000, 20_000)
PER_SESSION = 100


def exports() -> list[str]:
    _fill(max(SIZES))
    by = User.objects.create_user(email="export@example.org")
    database = {"NAME": connection.settings_dict["NAME"]}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd"])
    lines = []
    for file_type in (FileType.CSV, FileType.XLSX):
        for size in SIZES:
            told = context.Queue()
            process = context.Process(target=_measure, args=(file_type, size, by.pk, database, told))
            process.start()
            seconds, spent, growth, weight = told.get(timeout=600)
            process.join()
            lines.append(
                f"{seconds:.2f} s ({spent:.2f} de calcul) et {growth:.0f} Mo de mémoire en plus, "
                f"{file_type.value} de {size} lignes "
                f"({weight / 2**20:.1f} Mio)"
            )
    return lines


def _measure(file_type: FileType, size: int, by: int, database: dict[str, Any], told: Any) -> None:
    connection.settings_dict.update(database)
    user = User.objects.get(pk=by)
    last = Registration.objects.order_by("pk").values_list("pk", flat=True)[size - 1]
    _run(file_type, Registration.objects.filter(pk__lte=last - size + 100), user)  # imports, caches
    before = _peak()
    begin, busy = time.perf_counter(), time.process_time()
    weight = _run(file_type, Registration.objects.filter(pk__lte=last), user)
    spent = time.process_time() - busy
    told.put((time.perf_counter() - begin, spent, _peak() - before, weight))


def _run(file_type: FileType, registrations: Any, by: User) -> int:
    chosen = [*DEFAULTS[What.REGISTRATIONS], "presence", "email"]
    content = export(
        registrations=registrations,
        what=What.REGISTRATIONS,
        chosen=chosen,
        file_type=file_type,
        title="mesure",
        by=by,
    ).content
    if isinstance(content, bytes) or not hasattr(content, "read"):
        return sum(map(len, content))  # type: ignore[arg-type]
    with content as file:
        return sum(len(part) for part in iter(lambda: file.read(2**16), b""))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(number: int) -> None:
    activity, now = make_activity(), timezone.now()
    users = User.objects.bulk_create(
        [User(email=f"export{i}@example.org", password="!") for i in range(number)], batch_size=2000
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
    connection.cursor().execute("ANALYZE")
