"""For migrations: a page's rich text becomes a body of blocks, where it is live and in every revision.

The column must hold valid JSON before its type changes (PostgreSQL casts it), and never in the same
transaction: text first, type in a migration of its own.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

CHUNK = 500


def to_blocks(text: Any) -> str:
    """One block of text; what is one already stays, so that an interrupted migration can be run again."""
    if _is_body(text):
        return str(text)
    blocks = [{"type": "text", "value": text, "id": str(uuid.uuid4())}] if text else []
    return json.dumps(blocks)


def to_text(body: Any) -> str:
    """The way back keeps the words and loses what rich text cannot say."""
    if not _is_body(body):
        return str(body or "")
    return "".join(block["value"] for block in json.loads(body) if block["type"] == "text")


def convert(apps: Any, app_label: str, name: str, change: Callable[[Any], str]) -> None:
    """Change the column ``body`` of that model."""
    pages = apps.get_model(app_label, name).objects.order_by("pk")
    for pk, body in pages.values_list("pk", "body").iterator(chunk_size=CHUNK):
        pages.filter(pk=pk).update(body=change(body))


def convert_revisions(apps: Any, models: tuple[tuple[str, str], ...], change: Callable[[Any], str]) -> None:
    types = apps.get_model("contenttypes", "ContentType").objects
    revisions = apps.get_model("wagtailcore", "Revision").objects
    for app_label, name in models:
        kept = types.filter(app_label=app_label, model=name).values("pk")
        for revision in revisions.filter(content_type__in=kept).order_by("pk").iterator(chunk_size=CHUNK):
            if "body" in revision.content:
                revision.content["body"] = change(revision.content["body"])
                revision.save(update_fields=["content"])


def _is_body(text: Any) -> bool:
    try:
        found = json.loads(text or "")
    except ValueError:
        return False
    return isinstance(found, list) and all(isinstance(each, dict) and "type" in each for each in found)
