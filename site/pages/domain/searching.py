"""One question, two answers: the sessions to come, and the pages that speak of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.folding import Holds, words
from common.models import BasePage
from common.visibility import open_to_all
from events.domain.cards import cards
from events.domain.catalogue import Wanted, find
from events.models import Session

MOST_SESSIONS = 6
MOST_PAGES = 20


@dataclass(frozen=True)
class Answer:
    """``understood``: the words looked for instead of those that nothing holds."""

    sessions: Sequence[Session]
    more_sessions: int
    pages: Sequence[BasePage]
    understood: str = ""


def search_site(text: str) -> Answer:
    """Sessions to come, then public pages: those whose title says it first."""
    if not words(text):
        return Answer((), 0, ())
    found = find(wanted=Wanted(text=text))
    return Answer(
        sessions=cards(found.keys[:MOST_SESSIONS]),
        more_sessions=max(0, len(found.keys) - MOST_SESSIONS),
        pages=_pages(text),
        understood=found.understood,
    )


def _pages(text: str) -> list[BasePage]:
    titled = BasePage.objects.all()
    for word in words(text):
        titled = titled.filter(Holds(["title", "search_description"], word))
    keys = list(titled.order_by("path").values_list("pk", flat=True)[:MOST_PAGES])
    keys += [page.pk for page in BasePage.objects.live().search(text, operator="and")[:MOST_PAGES]]
    rank = {key: n for n, key in reversed(list(enumerate(keys)))}
    # The home says everything of everything; it is one tap away on each page.
    shown = open_to_all(BasePage.objects.filter(pk__in=keys, depth__gt=2).specific())
    return sorted(shown, key=lambda page: rank[page.pk])[:MOST_PAGES]
