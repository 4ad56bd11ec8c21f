from typing import Any

from django.db import migrations

from common.rich_text_to_blocks import convert, convert_revisions, to_blocks, to_text

MODELS = (("pages", "organisationpage"), ("pages", "contentpage"))


def forwards(apps: Any, schema_editor: Any) -> None:
    for app_label, name in MODELS:
        convert(apps, app_label, name, to_blocks)
    convert_revisions(apps, MODELS, to_blocks)


def backwards(apps: Any, schema_editor: Any) -> None:
    for app_label, name in MODELS:
        convert(apps, app_label, name, to_text)
    convert_revisions(apps, MODELS, to_text)


class Migration(migrations.Migration):
    """The text of each page becomes valid JSON; 0004 then changes the column's type."""

    dependencies = [
        ("pages", "0002_site_settings"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
