"""What is to come: counted and offered without reading a session, nor what is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0014_sealed_answers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["status", "ends_at", "starts_at", "activity", "department"], name="session_to_come"
            ),
        ),
    ]
