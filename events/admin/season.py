"""Planning a season, the fastest screen of the desk: one page, filled from the last session."""

from common.errors import DomainError
from events.admin.season_mixin import WRONG, SeasonPreviewView, SeasonView
from events.admin.season_page import SeasonPage
from events.domain.batches import Batch
from events.domain.planning import plan_season


class PlanView(SeasonView):
    page_class = SeasonPage
    template_name = "events/admin/season_plan.html"
    page_title = "Planifier une saison"

    def create(self, page: SeasonPage, *, publish: bool) -> Batch:
        return plan_season(
            activity=page.activity,
            occasions=page.occasions(),
            common=page.common.common(),
            publish=publish,
            by=self.request.user,  # type: ignore[arg-type]
        )

    def refuse(self, page: SeasonPage, error: DomainError) -> str:
        page.common.refuse(error)
        return WRONG


class PlanPreviewView(SeasonPreviewView):
    page_class = SeasonPage
    template_name = "events/admin/season_dates.html"
