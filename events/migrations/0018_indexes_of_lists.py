"""Indexes for lists that show the latest rows, and for the few rows that still wait for something."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0017_tallies"),
        ("members", "0008_signature_on_screen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="message",
            name="message_due",
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "sent"), _negated=True),
                fields=["state", "next_try_at"],
                name="message_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["created_at", "id"], name="message_latest"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["recipient"], name="message_recipient"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "survey_reminder")),
                fields=["registration"],
                name="message_survey_reminder",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "erased"), models.Q(("recipient", ""), _negated=True)),
                fields=["created_at"],
                name="message_farewell",
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["registered_at", "id"], name="registration_latest"),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["session"], name="registration_pending"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("state", "offered")),
                fields=["offered_until"],
                name="registration_offered",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", True)),
                fields=["starts_at"],
                name="session_not_completed",
            ),
        ),
    ]
