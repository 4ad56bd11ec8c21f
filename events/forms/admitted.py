"""The list of professions of a session that is reserved to some: those first, and what the others may do.

Nobody is kept from choosing their own: the rule refuses, in its own words.
"""

from collections.abc import Collection
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.models import Organisation
from members.professions import Profession

Choices = list[Any]
FIRST, OTHERS = "Admises à cette session", "Non admises"


def professions_offered(admitted: Collection[str]) -> Choices:
    first = [choice for choice in Profession.choices if choice[0] in admitted]
    others = [choice for choice in Profession.choices if choice[0] not in admitted]
    groups = [(label, choices) for label, choices in ((FIRST, first), (OTHERS, others)) if choices]
    return [("", "Choisissez…"), *groups]


def way_for_others(organisation: Organisation) -> SafeString:
    """For somebody who believes that they should be admitted."""
    return format_html(
        'Votre profession devrait être admise\N{NO-BREAK SPACE}? Écrivez à <a href="mailto:{}">{}</a>.',
        organisation.email,
        organisation.short_name,
    )
