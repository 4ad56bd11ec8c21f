"""``{% kept "name" part… %}…{% endkept %}``: a part that many pages share, the same until something changes.

Django's ``{% cache %}`` with the generation of frames (``common.page_generation``) for its time. What is
inside depends on nothing but the parts, which are said in its key, and the database without what
``TABLES_NO_FRAME_SHOWS`` names; an empty part says that this time it is somebody's own, and nothing is kept.
"""

from typing import Any

from django import template
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token

from common.page_generation import frames, kept

register = template.Library()


class KeptPart(template.Node):
    def __init__(self, nodelist: NodeList, parts: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.parts = parts

    def render(self, context: Context) -> Any:
        parts = [part.resolve(context) for part in self.parts]
        if not all(parts):
            return self.nodelist.render(context)
        return kept(":".join(map(str, parts)), lambda: self.nodelist.render(context), under=frames)


@register.tag("kept")
def kept_part(parser: Parser, token: Token) -> KeptPart:
    _tag, *parts = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptPart(nodelist, [parser.compile_filter(part) for part in parts])
