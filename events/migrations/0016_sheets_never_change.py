"""A closed sheet never changes: the database itself refuses to rewrite or to delete one.

All that may happen to a row is that ``closed_by`` goes with the account. A later migration that rebuilds
the table on SQLite drops its triggers: it has to put them back (a test looks).
"""

from django.db import migrations

TABLE = "events_attendancesheet"
KEPT = ("id", "slot_id", "version", "source", "closed_at", "reason", "content", "content_hash")
SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)
SQLITE = (
    f"""CREATE TRIGGER sheet_no_update BEFORE UPDATE ON {TABLE}
    WHEN NOT (NEW.closed_by_id IS NULL AND {SAME})
    BEGIN SELECT RAISE(ABORT, 'a closed sheet never changes'); END""",
    f"""CREATE TRIGGER sheet_no_delete BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'a closed sheet never changes'); END""",
)
POSTGRESQL = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    """CREATE FUNCTION sheet_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.closed_by_id IS NULL
            AND to_jsonb(NEW) - 'closed_by_id' = to_jsonb(OLD) - 'closed_by_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a closed sheet never changes';
    END $$""",
    f"""CREATE TRIGGER sheet_never_changes BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION sheet_never_changes()""",
)
SQLITE_BACK = ("DROP TRIGGER sheet_no_update", "DROP TRIGGER sheet_no_delete")
POSTGRESQL_BACK = (f"DROP TRIGGER sheet_never_changes ON {TABLE}", "DROP FUNCTION sheet_never_changes()")


def guard(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def unguard(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0015_find_what_is_to_come"),
    ]
    operations = [
        migrations.RunPython(guard, unguard),
    ]
