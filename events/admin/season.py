"""Planning a season, the fastest screen of the desk: one page, filled from the last session."""

from django.http import HttpRequest, HttpResponse
from django.views import View

from common.errors import DomainError
from events.admin.season_mixin import DATES_CHANGED, WRONG, SeasonMixin
from events.admin.season_page import SeasonPage
from events.domain.batches import BatchError
from events.domain.planning import plan_season


class PlanView(SeasonMixin, View):
    """The page, its dates without JavaScript (« Voir les dates »), and the two buttons that create."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/season_plan.html"
    page_title = "Planifier une saison"

    def get(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        return self._page(SeasonPage(activity=activity, data=None)) if activity else self.choose()

    def post(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        if activity is None:
            return self.choose(status=422)
        publish = "action-publish" in request.POST
        final = publish or "action-draft" in request.POST
        page = SeasonPage(activity=activity, data=request.POST, final=final)
        if not final:
            return self._page(page, status=422 if page.when.errors else 200)
        if not page.when.errors and page.dates_changed:
            page = SeasonPage(activity=activity, data=request.POST)
            return self._page(page, error=DATES_CHANGED, status=422)
        if not page.is_valid():
            return self._page(page, error=WRONG, status=422)
        return self._create(page, publish=publish)

    def _create(self, page: SeasonPage, *, publish: bool) -> HttpResponse:
        try:
            batch = plan_season(
                activity=page.activity,
                occasions=page.occasions(),
                common=page.common.common(),
                publish=publish,
                by=self.request.user,  # type: ignore[arg-type]
            )
        except BatchError as error:
            page.kept[error.index].form.refuse(error)
            return self._page(page, error=WRONG, status=422)
        except DomainError as error:
            page.common.refuse(error)
            return self._page(page, error=WRONG, status=422)
        return self.done(page.activity, batch, publish=publish)

    def _page(self, page: SeasonPage, *, error: str = "", status: int = 200) -> HttpResponse:
        context = self.get_context_data(page=page, error=error)
        return self.render_to_response(context, status=status)


class PlanPreviewView(SeasonMixin, View):
    """The rows alone, for the script that refreshes them; a sentence when the dates cannot be known."""

    http_method_names = ["post", "options"]
    template_name = "events/admin/season_dates.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        if activity is None:
            return self.refused(["Choisissez un dispositif."])
        page = SeasonPage(activity=activity, data=request.POST)
        if page.when.errors:
            return self.refused(error for errors in page.when.errors.values() for error in errors)
        return self.render_to_response({"page": page})
