"""The journal is written and never rewritten: the database itself refuses.

Rows older than a year may be deleted, for ``events.domain.journal.purge_journal``. A later migration that
rebuilds the table on SQLite drops its triggers: it has to put them back (a test looks).
"""

from django.db import migrations

TABLE = "events_journalentry"
SQLITE = (
    f"""CREATE TRIGGER journal_no_update BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    f"""CREATE TRIGGER journal_no_delete BEFORE DELETE ON {TABLE}
    WHEN OLD.timestamp > datetime('now', '-1 year')
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
)
POSTGRESQL = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    """CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.timestamp <= now() - interval '1 year' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the journal is append-only';
    END $$""",
    f"""CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION journal_append_only()""",
)
SQLITE_BACK = ("DROP TRIGGER journal_no_update", "DROP TRIGGER journal_no_delete")
POSTGRESQL_BACK = (f"DROP TRIGGER journal_append_only ON {TABLE}", "DROP FUNCTION journal_append_only()")


# Paths to the organisation and to the session.
PLACES = {
    ("events", "session"): ("activity__organisation", "pk"),
    ("events", "slot"): ("session__activity__organisation", "session"),
    ("events", "registration"): ("session__activity__organisation", "session"),
    ("certificates", "certificate"): (
        "registration__session__activity__organisation",
        "registration__session",
    ),
    ("members", "organisation"): ("pk",),
}


def take_over(apps, schema_editor):
    """What Wagtail's own log told of our rows, with the organisation and the session concerned."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    JournalEntry = apps.get_model("events", "JournalEntry")
    ModelLogEntry = apps.get_model("wagtailcore", "ModelLogEntry")
    for (app, model), where in PLACES.items():
        kind = ContentType.objects.filter(app_label=app, model=model).first()
        entries = list(ModelLogEntry.objects.filter(content_type=kind).order_by("pk")) if kind else []
        if not entries:
            continue
        rows = apps.get_model(app, model).objects.values_list("pk", *where)
        places = {str(pk): (*place, None)[:2] for pk, *place in rows}
        JournalEntry.objects.bulk_create(
            [JournalEntry(**moved(entry, *places.get(entry.object_id, (None, None)))) for entry in entries],
            batch_size=500,
        )
        # Not by their numbers: SQLite takes a few ten thousand of them in one statement.
        ModelLogEntry.objects.filter(content_type=kind, pk__lte=entries[-1].pk).delete()


def moved(entry, organisation, session):
    same = ("content_type_id", "label", "action", "data", "timestamp", "uuid", "user_id", "object_id")
    same = (*same, "content_changed", "deleted")
    facts = {name: getattr(entry, name) for name in same}
    return {**facts, "organisation_id": organisation, "session_id": session}


def guard(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def unguard(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_initial"),
        ("events", "0004_keep_what_was_allowed"),
    ]
    operations = [
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
