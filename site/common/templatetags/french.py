"""What Django's own filters say otherwise than French does; built in (``TEMPLATES``)."""

from collections.abc import Sized
from typing import Any

from django import template
from django.template.defaultfilters import pluralize as as_in_english

register = template.Library()


@register.filter(is_safe=False)
def pluralize(value: Any, endings: str = "s") -> str:
    """« 0 place », « 1 place », « 2 places »: in French the plural begins at two."""
    try:
        many = (len(value) if isinstance(value, Sized) and not isinstance(value, str) else float(value)) >= 2
    except (TypeError, ValueError):
        return ""
    return str(as_in_english(2 if many else 1, endings))
