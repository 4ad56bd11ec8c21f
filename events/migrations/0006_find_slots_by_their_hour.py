"""Each minute looks for the slots that message rules speak of now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0005_journal_append_only")]

    operations = [
        migrations.AddIndex("slot", models.Index(fields=["starts_at"], name="slot_start")),
        migrations.AddIndex("slot", models.Index(fields=["ends_at"], name="slot_end")),
    ]
