"""What other apps offer somebody beside their registration: they know this app, which does not know them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wagtail import hooks

from events.models import Registration

HOOK = "escale_personal_links"


@dataclass(frozen=True)
class PersonalLink:
    """``label`` stands on a page, ``sentence`` before the address in a mail."""

    label: str
    url: str
    sentence: str


def personal_links(registration: Registration) -> list[PersonalLink]:
    """As the registration stands now; its session and activity are read already."""
    makers: list[Callable[[Registration], Iterator[PersonalLink]]] = hooks.get_hooks(HOOK)
    return [link for make in makers for link in make(registration)]
