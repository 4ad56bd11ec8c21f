"""What an organisation says on its printed sheets: apps above know, this one only asks."""

from collections.abc import Callable
from dataclasses import dataclass

from wagtail import hooks

from events.models import Session

HOOK = "escale_sheet_words"


@dataclass(frozen=True)
class SheetWords:
    """Texts may be empty; ``logo`` is a JPEG, ``legal`` the lines of the law at the foot."""

    title: str
    opening: str = ""
    closing: str = ""
    legal_name: str = ""
    legal: str = ""
    logo: bytes | None = None


def words_of(session: Session) -> SheetWords:
    makers: list[Callable[[Session], SheetWords]] = hooks.get_hooks(HOOK)
    for make in makers:
        return make(session)
    return SheetWords("Feuille d’émargement", legal_name=session.activity.organisation.name)
