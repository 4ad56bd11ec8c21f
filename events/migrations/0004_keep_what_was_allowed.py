"""Seats beyond the capacity become a percentage; messages learn their session."""

import math

from django.db import migrations, models


def percentages(apps, schema_editor):
    Session = apps.get_model("events", "Session")
    for session in Session.objects.filter(overbooking__gt=0):
        session.overbooking_percent = min(100, math.ceil(100 * session.overbooking / session.capacity))
        session.overbooking = session.capacity * session.overbooking_percent // 100
        session.excess = max(0, session.seats_taken - session.capacity - session.overbooking)
        session.save(update_fields=["overbooking_percent", "overbooking", "excess"])


def sessions_of_messages(apps, schema_editor):
    Message = apps.get_model("events", "Message")
    Registration = apps.get_model("events", "Registration")
    theirs = Registration.objects.filter(pk=models.OuterRef("registration")).values("session")
    Message.objects.filter(registration__isnull=False).update(session=models.Subquery(theirs))


class Migration(migrations.Migration):
    dependencies = [("events", "0003_coordinators_desk")]
    operations = [
        migrations.RunPython(percentages, migrations.RunPython.noop),
        migrations.RunPython(sessions_of_messages, migrations.RunPython.noop),
    ]
