"""Who waits, and who was promoted before ``waited`` was noted: the bilan counts them."""

from django.db import migrations

BATCH = 500


def note(apps, schema_editor):
    Registration = apps.get_model("events", "Registration")
    JournalEntry = apps.get_model("events", "JournalEntry")
    Registration.objects.filter(state="waitlisted").update(waited=True)
    promoted = JournalEntry.objects.filter(
        content_type__app_label="events", content_type__model="registration", action="escale.promote"
    )
    # Until now nobody was promoted out of order: each of them left the waiting list.
    rows = promoted.order_by("pk").values_list("object_id", "data")
    found = [int(pk) for pk, data in rows if data.get("reason") == "order_of_arrival"]
    for start in range(0, len(found), BATCH):
        Registration.objects.filter(pk__in=found[start : start + BATCH]).update(waited=True)


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("events", "0006_find_slots_by_their_hour"),
    ]
    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
