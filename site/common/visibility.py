"""Which pages lists may show to anybody."""

from typing import TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, Model, OuterRef, QuerySet
from wagtail.models import PageViewRestriction

M = TypeVar("M", bound=Model)


def open_to_all(pages: QuerySet[M]) -> QuerySet[M]:
    """Live, and neither they nor a page above them ask for a password or an account.

    One condition of the same query, where Wagtail's ``public()`` asks the database once more.
    """
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = PageViewRestriction.objects.annotate(below=path).filter(below__startswith=F("page__path"))
    return pages.filter(~Exists(above), live=True)
