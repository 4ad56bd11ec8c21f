"""Cells written without a template of their own: a list of fifty rows has hundreds of them."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn


class PlainColumn(Column):
    """Text."""

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        return format_html("<td>{}</td>", self.get_value(instance))


class StateColumn(StatusTagColumn):
    """A status tag, as Wagtail draws it."""

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        primary = " w-status--primary" if self.get_primary(instance) else ""
        return format_html('<td><span class="w-status{}">{}</span></td>', primary, self.get_value(instance))


class TwoLineColumn(TitleColumn):
    """A link, and something small below it."""

    def __init__(self, *args: Any, below: Callable[[Any], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.below = below

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        title_id = self.get_title_id(instance, parent_context)
        lines = format_html(
            '<a href="{}"{}>{}</a><br><span class="escale-small">{}</span>',
            self.get_link_url(instance, parent_context),
            format_html(' id="{}"', title_id) if title_id else "",
            self.get_value(instance),
            self.below(instance),
        )
        if title_id:  # names the row
            return format_html('<td class="title"><div class="title-wrapper">{}</div></td>', lines)
        return format_html("<td>{}</td>", lines)
