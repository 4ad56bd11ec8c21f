"""What the page of a session says of places and files."""

from django import template
from wagtail.documents.models import Document

from common.moments import NBSP
from events.domain.session_page import map_url

register = template.Library()
register.filter("map_url", map_url)

UNITS = ("octets", "ko", "Mo", "Go")


@register.filter
def file_words(document: Document) -> str:
    """« PDF, 120 ko »: kind and size, as far as they are known."""
    kind = document.file_extension.upper()
    return ", ".join(part for part in (kind, file_size(document.file_size)) if part)


@register.filter
def file_size(number: int | None) -> str:
    """« 120 ko », « 1,4 Mo »."""
    if not number:
        return ""
    size, unit = float(number), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    written = f"{size:.1f}".replace(".", ",") if unit > 1 and size < 10 else f"{size:.0f}"
    return f"{written}{NBSP}{UNITS[unit]}"
