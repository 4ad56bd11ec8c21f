"""Where the header and the footer lead: to what editors have published, in one query."""

from dataclasses import dataclass

from django.db.models import CharField, Q, Subquery, Value
from django.db.models.functions import Coalesce

from common.visibility import open_to_all
from pages.domain.standard_pages import standard_key
from pages.models import ContentPage, SiteSettings
from pages.texts import ACCESSIBILITY, HELP, PAGES, StandardPage

# A header that wraps is no header: what comes after is still in the page tree.
MOST_IN_MENU = 4
MOST_READ = 24
DEPTH = 3  # root, home, then the pages that a menu lists

_FOOT = (ACCESSIBILITY, *[text for text in PAGES if not text.in_menu and text is not ACCESSIBILITY])


@dataclass(frozen=True)
class Entry:
    title: str
    url: str


@dataclass(frozen=True)
class Navigation:
    """``menu``: after our own entries; ``foot``: what the law wants within reach of every page."""

    menu: tuple[Entry, ...]
    foot: tuple[Entry, ...]
    accessibility: str


def site_navigation() -> Navigation:
    keys = {standard_key(text.slug): text.slug for text in PAGES}
    state = SiteSettings.objects.order_by("pk").values("accessibility")[:1]
    shown = Q(show_in_menus=True, depth=DEPTH) | Q(translation_key__in=keys)
    rows = (
        open_to_all(ContentPage.objects.filter(shown))
        .annotate(state=Coalesce(Subquery(state), Value(""), output_field=CharField()))
        .order_by("path")
        .values("title", "url_path", "show_in_menus", "depth", "translation_key", "state")[:MOST_READ]
    )
    standing: dict[str, Entry] = {}
    chosen: list[Entry] = []
    state_word = _state("")
    for row in rows:
        entry = Entry(row["title"], _url(row["url_path"]))
        state_word = _state(row["state"])
        if slug := keys.get(row["translation_key"]):
            standing[slug] = entry
        if row["show_in_menus"] and row["depth"] == DEPTH and slug != HELP.slug:
            chosen.append(entry)
    # Help is never what a full menu leaves out.
    help_page = [Entry("Aide", standing[HELP.slug].url)] if HELP.slug in standing else []
    return Navigation(
        menu=(*chosen[: MOST_IN_MENU - 1], *help_page),
        foot=tuple(_foot(text, standing.get(text.slug), state_word) for text in _FOOT),
        accessibility=state_word,
    )


def _foot(text: StandardPage, page: Entry | None, state: str) -> Entry:
    """The law wants the statement's state said; a page that is missing keeps the address it will have."""
    title = f"Accessibilité : {state}" if text is ACCESSIBILITY else page.title if page else text.title
    return Entry(title, page.url if page else f"/{text.slug}/")


def _url(url_path: str) -> str:
    """The home is the root of the site: its own slug is in no address."""
    return "/" + url_path.split("/", 2)[2]


def _state(value: str) -> str:
    known = dict(SiteSettings.Accessibility.choices)
    return str(known.get(value, known[SiteSettings.Accessibility.NONE]))
