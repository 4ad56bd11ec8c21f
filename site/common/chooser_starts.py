"""Wagtail's choosers, started by our script file instead of the inline script that they write.

The one thing in Wagtail that templates cannot replace: ``BaseChooser.render`` writes « <script> »
itself, and our Content-Security-Policy refuses it. See static/escale/admin-starts.js.
"""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.widgets import BaseChooser


def render(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
) -> SafeString:
    start = (attrs or {})["id"]
    try:
        data = self.get_value_data(value)
    except (ValueError, TypeError, OverflowError):  # a refused form, shown again with what is no number
        data = self.get_value_data(None)
    return format_html(
        '{}<span hidden data-starts="{}" data-for="{}" data-options="{}"></span>',
        mark_safe(self.render_html(name, data, attrs)),  # noqa: S308  # a template of Wagtail's
        self.js_constructor,
        start,
        json.dumps(self.get_js_init_options(start, name, data)),
    )


def install() -> None:
    BaseChooser.render = render
