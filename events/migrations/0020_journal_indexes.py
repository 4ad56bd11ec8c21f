"""Three indexes that each act wrote and nothing asked are dropped from the journal.

Dropped by name, and the table left alone: SQLite would rebuild it whole, without the triggers of 0005.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = ("content_type_id", "revision_id", "content_changed")


def indexes(apps, schema_editor):
    model = apps.get_model("events", "JournalEntry")
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {
        column: [name for name, about in found.items() if about["index"] and about["columns"] == [column]]
        for column in COLUMNS
    }


def drop(apps, schema_editor):
    for names in indexes(apps, schema_editor).values():
        for name in names:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def restore(apps, schema_editor):
    model = apps.get_model("events", "JournalEntry")
    for column, names in indexes(apps, schema_editor).items():
        if not names:
            field = next(each for each in model._meta.local_fields if each.column == column)
            schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("events", "0019_find_needs"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, restore)],
            state_operations=[
                migrations.AlterField(
                    model_name="journalentry",
                    name="content_changed",
                    field=models.BooleanField(default=False),
                ),
                migrations.AlterField(
                    model_name="journalentry",
                    name="content_type",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contenttypes.contenttype",
                        verbose_name="type de contenu",
                    ),
                ),
                migrations.AlterField(
                    model_name="journalentry",
                    name="revision",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="wagtailcore.revision",
                    ),
                ),
            ],
        )
    ]
