"""Which pages lists may show to anybody."""

from typing import TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, Model, OuterRef, QuerySet, Subquery
from wagtail.models import PageViewRestriction

from common.models import BasePage

M = TypeVar("M", bound=Model)


def open_to_all(pages: QuerySet[M]) -> QuerySet[M]:
    """Live, and neither they nor a page above them ask for a password or an account.

    One condition of the same query, where Wagtail's ``public()`` asks the database once more. The few
    restrictions are gone through, and not the pages: given a join, SQLite begins with all of these.
    """
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    closed = Subquery(BasePage.objects.order_by().filter(pk=OuterRef("page_id")).values("path"))
    above = PageViewRestriction.objects.annotate(below=path).filter(below__startswith=closed)
    return pages.filter(~Exists(above), live=True)
