from typing import Any

from django.db import migrations

from common.rich_text_to_blocks import convert, convert_revisions, to_blocks, to_text

MODELS = (("events", "activitypage"), ("events", "eventpage"), ("trainings", "trainingpage"))


def forwards(apps: Any, schema_editor: Any) -> None:
    convert(apps, "events", "activitypage", to_blocks)
    convert_revisions(apps, MODELS, to_blocks)


def backwards(apps: Any, schema_editor: Any) -> None:
    convert(apps, "events", "activitypage", to_text)
    convert_revisions(apps, MODELS, to_text)


class Migration(migrations.Migration):
    """The text of each presentation becomes valid JSON; 0012 then changes the column's type."""

    dependencies = [
        ("events", "0010_spaces_that_hold"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
