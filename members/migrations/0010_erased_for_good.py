"""Who was erased stays so: the database itself refuses to name the account again, whoever saves it.

A form opened before, or a library that saves a whole row read before, would bring everything back. A later
migration that rebuilds the table on SQLite drops the trigger: it has to put it back (a test looks).
"""

from django.db import migrations

TABLE = "members_user"
NAMES = ("first_name", "last_name", "profession", "civility", "rpps")
NAMED = " OR ".join(
    (
        "NEW.erased_at IS NULL",
        "NEW.email NOT LIKE '%@efface.invalid'",
        *(f"NEW.{name} <> ''" for name in NAMES),
    )
)
WHEN = f"OLD.erased_at IS NOT NULL AND ({NAMED})"
SQLITE = (
    f"""CREATE TRIGGER user_erased_for_good BEFORE UPDATE ON {TABLE} WHEN {WHEN}
    BEGIN SELECT RAISE(ABORT, 'who was erased stays so'); END""",
)
POSTGRESQL = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    """CREATE FUNCTION user_erased_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'who was erased stays so' USING ERRCODE = 'check_violation';
    END $$""",
    f"""CREATE TRIGGER user_erased_for_good BEFORE UPDATE ON {TABLE}
    FOR EACH ROW WHEN ({WHEN}) EXECUTE FUNCTION user_erased_for_good()""",
)
SQLITE_BACK = ("DROP TRIGGER user_erased_for_good",)
POSTGRESQL_BACK = (f"DROP TRIGGER user_erased_for_good ON {TABLE}", "DROP FUNCTION user_erased_for_good()")


def guard(apps, schema_editor):
    run(schema_editor, SQLITE, POSTGRESQL)


def unguard(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def run(schema_editor, sqlite, postgresql):
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0009_find_who_was_erased"),
    ]
    operations = [
        migrations.RunPython(guard, unguard),
    ]
