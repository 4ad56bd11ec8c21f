"""Django's form templates, except the plainest: three of them for each control, and one more for each choice
of a list, cost a page dear."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets/"
PLAIN = {f"{FOLDER}{name}.html" for name in ("checkbox", "email", "hidden", "input", "number", "text", "url")}


SELECT, OPTION = f"{FOLDER}select.html", f"{FOLDER}select_option.html"


class ShortRenderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name in PLAIN:
            return _input(context["widget"])
        if template_name == SELECT and _is_plain(context["widget"]):
            return _select(context["widget"])
        return mark_safe(super().render(template_name, context, request))  # noqa: S308  # a template made it


def _input(widget: dict[str, Any]) -> SafeString:
    """What ``input.html`` says, with ``attrs.html``."""
    said = {"type": widget["type"], "name": widget["name"]}
    if widget["value"] is not None:
        said["value"] = widget["value"] if isinstance(widget["value"], SafeString) else str(widget["value"])
    return mark_safe(f"<input{_attributes(said)}{_attributes(widget['attrs'])}>")  # noqa: S308  # escaped there


def _select(widget: dict[str, Any]) -> SafeString:
    """What ``select.html`` says, with ``select_option.html``."""
    lines = [f"<select{_attributes({'name': widget['name']})}{_attributes(widget['attrs'])}>"]
    for group, options, _index in widget["optgroups"]:
        if group:
            lines.append(f"<optgroup{_attributes({'label': str(group)})}>")
        lines += [_option(each) for each in options]
        if group:
            lines.append("</optgroup>")
    return mark_safe("\n".join([*lines, "</select>"]))  # noqa: S308  # each part is escaped where it is made


def _option(option: dict[str, Any]) -> str:
    value, label = conditional_escape(option["value"]), conditional_escape(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _is_plain(widget: dict[str, Any]) -> bool:
    """Whether Django itself writes each choice."""
    return all(each["template_name"] == OPTION for _, options, _ in widget["optgroups"] for each in options)


def _attributes(attrs: dict[str, Any]) -> str:
    said = []
    for name, value in attrs.items():
        if value is True:
            said.append(f" {conditional_escape(name)}")
        elif value is not False:
            said.append(f' {conditional_escape(name)}="{conditional_escape(value)}"')
    return "".join(said)
