"""Tagged PDFs made of our templates, fetching nothing but our own fonts.

WeasyPrint takes a second and twenty megabytes to load: ``common.pdf_drawing`` does it for the first document.
"""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

PDF_TYPE = "application/pdf"
IMAGE_SCHEME = "escale-image:"


def write_pdf(
    *,
    template: str,
    style: str,
    context: dict[str, Any],
    identifier: str = "",
    images: Mapping[str, bytes] | None = None,
    plain: bool = False,
) -> bytes:
    """A PDF/UA-1 document: ``template`` filled with ``context``, dressed by the style sheet ``style``.

    Both are template names; ``templates/pdf/fonts.css`` declares the families « Escale Display »,
    « Escale Text » and « Escale Text Ext ». The same input gives the same bytes. An ``identifier`` makes
    pydyf write the whole document twice: a few milliseconds that one document of hundreds does without.
    ``images``, by name (.png, .jpg), is what ``escale-image:`` leads to. ``plain``: titles, paragraphs,
    lists and pictures only, in a template written as XML, which makes it a sixth sooner.
    """
    from common.pdf_drawing import draw

    html = render_to_string(template, context)
    return draw(html=html, style=style, identifier=identifier, images=images, plain=plain)
