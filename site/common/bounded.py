"""Lists of the admin that count no further than anybody turns pages: the rest is found by narrowing."""

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.functional import cached_property
from wagtail.admin.paginator import WagtailPaginator

from common import moments

MOST = 10_000


class BoundedPaginator(WagtailPaginator):
    """Counting rows costs as much as there are: of more than ``MOST``, the first ``MOST`` are shown."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[: MOST + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @property
    def has_more(self) -> bool:
        return self._counted > MOST

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @cached_property
    def items_count_label(self) -> str:
        if self.has_more:
            return f"Plus de {moments.number(MOST)} {self.verbose_name_plural} : affinez la recherche"
        return str(super().items_count_label)


class NarrowPaginator(BoundedPaginator):
    """Where no index has the order: keys are put in order, and only the rows of the page are read whole."""

    def page(self, number: int | str) -> Page:
        found = super().page(number)
        rows: Any = found.object_list
        if isinstance(rows, QuerySet):
            found.object_list = self.object_list.filter(pk__in=rows.select_related(None).values("pk"))
        return found
