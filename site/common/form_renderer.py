"""Django's form templates, except the plainest: three of them for each one-line control cost a page dear."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets/"
PLAIN = {f"{FOLDER}{name}.html" for name in ("checkbox", "email", "hidden", "input", "number", "text", "url")}


class ShortRenderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name in PLAIN:
            return _input(context["widget"])
        return mark_safe(super().render(template_name, context, request))  # noqa: S308  # a template made it


def _input(widget: dict[str, Any]) -> SafeString:
    """What ``input.html`` says, with ``attrs.html``."""
    said = {"type": widget["type"], "name": widget["name"]}
    if widget["value"] is not None:
        said["value"] = (
            str(widget["value"]) if not isinstance(widget["value"], SafeString) else widget["value"]
        )
    pairs = [f'{name}="{conditional_escape(value)}"' for name, value in said.items()]
    for name, value in widget["attrs"].items():
        if value is True:
            pairs.append(conditional_escape(name))
        elif value is not False:
            pairs.append(f'{conditional_escape(name)}="{conditional_escape(value)}"')
    return mark_safe(f"<input {' '.join(pairs)}>")  # noqa: S308  # each part is escaped above
