"""The pages that every installation starts with; the header and the footer lead to them."""

import uuid

from django.db import transaction

from common.blocks import prose
from members.models import User
from pages.domain.site_pages import add_page, open_site
from pages.models import ContentPage, HomePage
from pages.texts import INTRO, PAGES, PROMISE

# A standard page is found again by its identity, whatever title or address it was given since.
NAMESPACE = uuid.UUID("5d2b0b5e-6b0c-5f3c-9a51-e5ca1e000000")


def standard_key(slug: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"page/{slug}")


def add_home(*, by: User | None) -> bool:
    """Open the site with our words on its home page; False, and nothing changed, where one stands."""
    if HomePage.objects.exists():
        return False
    with transaction.atomic():
        home = open_site(by=by)
        home.promise, home.intro = PROMISE, INTRO
        home.save_revision(user=by).publish(user=by)
    return True


def add_standard_pages(*, by: User | None) -> int:
    """Add below the home those that are missing; returns how many."""
    home = HomePage.objects.get()
    created = 0
    for text in PAGES:
        key = standard_key(text.slug)
        if ContentPage.objects.filter(translation_key=key).exists():
            continue
        page = ContentPage(
            translation_key=key,
            title=text.title,
            slug=text.slug,
            intro=text.intro,
            body=[*prose(text.body), *text.more],
            show_in_menus=text.in_menu,
        )
        add_page(parent=home, page=page, by=by)
        created += 1
    return created
