"""The base of every page of the site (Wagtail's swappable page model)."""

from typing import ClassVar

from wagtail.models import AbstractPage
from wagtail.models.pages import AbstractPageMeta, DefaultBasePageMixin


class BasePage(AbstractPage, DefaultBasePageMixin):
    """Every editorial page of Escale; settings name it ``WAGTAIL_PAGE_MODEL``.

    Wagtail lets a project choose its base page only before the first migration, so it is ours from
    the first day even though it adds no field yet.
    """

    search_fields = AbstractPage.search_fields + DefaultBasePageMixin.search_fields
    promote_panels = DefaultBasePageMixin.promote_panels

    # Not « groups »: the list would show the organisations of everybody.
    private_page_options: ClassVar[list[str]] = ["password", "login"]

    class Meta(AbstractPageMeta):
        pass
