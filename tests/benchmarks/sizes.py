"""What a registration weighs: one session lived through by the rules, then copied, and the tables weighed.

``ESCALE_TEST_DB=postgresql python -m tests.benchmarks.sizes [REGISTRATIONS]``; for docs/capacite.md.
"""

import copy
import json
import os
import sys
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

PEOPLE = 20
AT_ONCE = 50  # copies of the session in one transaction


def main(registrations: int) -> None:
    from tests import databases, environment  # noqa: F401  # the second sets the environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.db import connection, connections, transaction

    databases.install(connection.settings_dict)
    try:
        rows = _lived()
        _tidy()
        before = _weights()
        copies = registrations // PEOPLE
        for at in range(0, copies, AT_ONCE):
            with transaction.atomic():
                _copy(rows, min(AT_ONCE, copies - at))
        _tidy()
        after = _weights()
        made = copies * PEOPLE
        each = {name: (after[name] - before.get(name, 0)) / made for name in after}
        told = {name: round(size) for name, size in sorted(each.items(), key=lambda one: -one[1]) if size > 1}
        counts = {model.__name__: len(found) / PEOPLE for model, found in rows.items()}
        facts = {"registrations": made, "bytes_each": round(sum(each.values())), "rows_each": counts}
        print(json.dumps({"engine": connection.vendor, **facts, "tables": told}, indent=2))
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)


def _lived() -> dict[Any, list[Any]]:
    """A session with its people, their messages, the closed sheet, the certificates and the journal."""
    from certificates.domain.closing import close_sheet
    from certificates.models import Certificate
    from events.domain import attendance
    from events.models import Attendance, AttendanceSheet, JournalEntry, Message, Registration, Session, Slot
    from members.models import User
    from tests import factories

    admin, activity = factories.make_admin(), factories.make_activity()
    before = JournalEntry.objects.count()
    session = factories.make_session(activity, capacity=PEOPLE)
    for n in range(PEOPLE):
        factories.make_registration(session, email=f"mesure{n}@example.org")
    Session.objects.filter(pk=session.pk).update(starts_at="2025-01-06T18:00Z", ends_at="2025-01-06T20:00Z")
    session.slots.update(starts_at="2025-01-06T18:00Z", ends_at="2025-01-06T20:00Z")
    slot = Slot.objects.get(session=session)
    attendance.mark(slot=slot, marks={}, by=admin, rest="present")
    close_sheet(slot=slot, by=admin)
    mine = Registration.objects.filter(session=session)
    return {
        User: list(User.objects.filter(registrations__in=mine)),
        Session: [Session.objects.get(pk=session.pk)],
        Slot: [slot],
        Registration: list(mine),
        Attendance: list(Attendance.objects.filter(slot=slot)),
        AttendanceSheet: list(AttendanceSheet.objects.filter(slot=slot)),
        Certificate: list(Certificate.objects.filter(registration__in=mine)),
        Message: list(Message.objects.filter(session=session)),
        JournalEntry: list(JournalEntry.objects.order_by("pk")[before:]),
    }


def _copy(rows: dict[Any, list[Any]], times: int) -> None:
    """``rows`` so many times, each copy with keys of its own; what they point to is copied before."""
    known: dict[tuple[Any, int, Any], Any] = {}
    for model, originals in rows.items():
        made = []
        for number in range(times):
            for original in originals:
                fresh = copy.copy(original)
                fresh._state = copy.copy(original._state)
                fresh._state.adding, fresh._state.fields_cache = True, {}
                fresh.pk = None
                for field in model._meta.concrete_fields:
                    value = getattr(original, field.attname)
                    if field.is_relation and field.related_model in rows:
                        found = known.get((field.related_model, number, value))
                        if found is not None:
                            setattr(fresh, field.attname, found.pk)
                    elif isinstance(value, UUID):
                        setattr(fresh, field.attname, uuid4())
                    elif field.unique and not field.primary_key and isinstance(value, str):
                        setattr(fresh, field.attname, _other(value))
                    elif field.name == "email":
                        setattr(fresh, field.attname, f"mesure-{token_hex(8)}@example.org")
                known[model, number, original.pk] = fresh
                made.append(fresh)
        model._base_manager.bulk_create(made, batch_size=500)


def _other(value: str) -> str:
    """As long, and met nowhere else."""
    if "@" in value:
        return f"mesure-{token_hex(8)}@example.org"
    return f"{token_hex(16)}{value}"[: max(len(value), 20)]


def _tidy() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _weights() -> dict[str, int]:
    """Bytes of each table with its indexes; of all of them together where the engine does not tell."""
    from django.db import OperationalError, connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables")
            return {str(name): int(size) for name, size in cursor.fetchall()}
        try:
            cursor.execute(
                "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat d"
                " JOIN sqlite_master m ON m.name = d.name GROUP BY 1"
            )
            return {str(name): int(size) for name, size in cursor.fetchall()}
        except OperationalError:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return {"all": int(cursor.fetchone()[0])}


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["100000"])[0]))
