# ruff: noqa: S608  # every word of it is written here
"""A tally of each closed session for the report, and the triggers that say when one no longer holds.

Every closed session is marked once, by its number alone: ``run_due`` counts them in short portions, and until
then the report counts their rows.

A mark is written in the transaction that changes what is counted, and waits for no other. On PostgreSQL an
insertion or a deletion writes one per session and statement, never per row; on SQLite, where one writes at a
time, a mark that is there is enough. A later migration that rebuilds one of these tables on SQLite drops its
triggers, and one that changes a tally cannot even rebuild it: it begins with ``RunPython(unwatch, watch)`` and
ends with ``RunPython(watch, unwatch)``, which marks all closed sessions again (tests look).
"""

import django.db.models.deletion
from django.db import migrations, models

REGISTRATION, ATTENDANCE, SLOT = "events_registration", "events_attendance", "events_slot"
SHEET, SESSION = "events_attendancesheet", "events_session"
TALLY, MARK = "events_sessiontally", "events_tallymark"

BOTH = ("INSERT", "DELETE")
# What changes a tally: the table, its column that leads to the session, the columns counted, whether rows
# come and go. No trigger looks into another table: SQLite would then let nobody rebuild that one.
COUNTED = (
    (
        REGISTRATION,
        "session_id",
        ("session_id", "user_id", "state", "profession", "civility", "is_member", "waited"),
        BOTH,
    ),
    (ATTENDANCE, "slot_id", ("registration_id", "slot_id", "state", "minutes"), BOTH),
    (SLOT, "session_id", ("session_id", "starts_at", "ends_at"), BOTH),
    (SHEET, "slot_id", (), ("INSERT",)),
    (SESSION, "id", ("completed_at",), ()),
)
ROWS = {"INSERT": "NEW", "DELETE": "OLD"}
MARK_CLOSED = f"INSERT INTO {MARK} (session_id) SELECT id FROM {SESSION} WHERE completed_at IS NOT NULL"


def of_sqlite():
    """Name and the rest of each trigger."""
    for table, column, columns, comings in COUNTED:
        for event in comings:
            yield named(table, event), f"AFTER {event} ON {table} BEGIN {once(column, ROWS[event])} END"
        if columns:
            both = f"{once(column, 'OLD')} {once(column, 'NEW')}"
            yield named(table, "UPDATE"), f"{changing(table, columns, 'IS NOT')} BEGIN {both} END"
    forget = f"DELETE FROM {TALLY} WHERE session_id = OLD.session_id;"
    yield "tally_forget_update", f"{changing(REGISTRATION, ('user_id',), 'IS NOT')} BEGIN {forget} END"
    yield "tally_forget_delete", f"AFTER DELETE ON {REGISTRATION} BEGIN {forget} END"


def once(column, row):
    to, value = marking(column), f"{row}.{column}"
    known = f"SELECT 1 FROM {MARK} known WHERE known.{to} = {value}"
    return f"INSERT INTO {MARK} ({to}) SELECT {value} WHERE NOT EXISTS ({known});"


def marking(column):
    return "slot_id" if column == "slot_id" else "session_id"


def of_postgresql():
    """Name, table, body of its function, when it is called."""
    for table, column, columns, comings in COUNTED:
        into = f"INSERT INTO {MARK} ({marking(column)})"
        for event in comings:
            when = f"AFTER {event} ON {table} REFERENCING {ROWS[event]} TABLE AS changed FOR EACH STATEMENT"
            yield named(table, event), table, f"{into} SELECT DISTINCT {column} FROM changed;", when
        if columns:
            body = f"{into} SELECT OLD.{column} UNION SELECT NEW.{column};"
            yield named(table, "UPDATE"), table, body, changing(table, columns, "IS DISTINCT FROM")
    forget = f"DELETE FROM {TALLY} WHERE session_id = OLD.session_id;"
    moved = changing(REGISTRATION, ("user_id",), "IS DISTINCT FROM")
    yield "tally_forget_update", REGISTRATION, forget, moved
    yield "tally_forget_delete", REGISTRATION, forget, f"AFTER DELETE ON {REGISTRATION} FOR EACH ROW"


def named(table, event):
    return f"tally_{table.removeprefix('events_')}_{event.lower()}"


def changing(table, columns, differs):
    """An update that says the same again is none."""
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)
    return f"AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({changed})"


def watch(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, rest in of_sqlite():
            schema_editor.execute(f"CREATE TRIGGER {name} {rest}")
    else:
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name, _table, body, when in of_postgresql():
            function = f"BEGIN {body} RETURN NULL; END"
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {function} $$"
            )
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    schema_editor.execute(MARK_CLOSED)


def unwatch(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, _rest in of_sqlite():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        for name, table, _body, _when in of_postgresql():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0016_sheets_never_change"),
    ]
    operations = [
        migrations.CreateModel(
            name="SessionTally",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="events.session",
                    ),
                ),
                *(
                    (name, models.PositiveIntegerField())
                    for name in (
                        "registrations",
                        "confirmed",
                        "withdrawn",
                        "waited",
                        "unseated",
                        "minutes",
                        "attended",
                        "participations",
                        "women",
                        "with_civility",
                        "members",
                    )
                ),
                ("professions", models.TextField()),
                ("people", models.BinaryField()),
            ],
            options={
                "verbose_name": "compte d’une session",
                "verbose_name_plural": "comptes des sessions",
            },
        ),
        migrations.CreateModel(
            name="TallyMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.session",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.slot",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte à refaire",
                "verbose_name_plural": "comptes à refaire",
            },
        ),
        migrations.RunPython(watch, unwatch),
    ]
