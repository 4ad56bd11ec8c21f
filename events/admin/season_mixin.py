"""What the screens that create many sessions share: which activity, the steps, what is said at the end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from common.numbers import row_number
from events.admin.copy_page import CopySeasonPage
from events.admin.scoping import CoordinatorMixin
from events.admin.season_page import SeasonPage
from events.domain.batches import Batch, BatchError
from events.forms.importing import own_activities
from events.models import ActivityPage

DATES_CHANGED = "Les dates ont changé : les voici. Vérifiez-les, puis confirmez."
WRONG = "Rien n’est créé : corrigez ce qui est signalé."
SHOWN_SKIPPED = 5

Page = SeasonPage | CopySeasonPage


class SeasonMixin(CoordinatorMixin, WagtailAdminTemplateMixin):
    """Of one of one's own activities; somebody who has only one need not choose."""

    request: HttpRequest
    header_icon = "calendar-alt"

    def activity(self) -> ActivityPage | None:
        typed = self.request.POST.get("activity") or self.request.GET.get("activity") or ""
        own = own_activities(self.request.user)  # type: ignore[arg-type]
        if not typed:
            found = list(own[:2])
            return found[0] if len(found) == 1 else None
        return get_object_or_404(own, pk=row_number(typed))

    def choose(self, *, status: int = 200) -> HttpResponse:
        """Which activity? The page comes back with its habits."""
        context = self.get_context_data(activities=own_activities(self.request.user))  # type: ignore[arg-type]
        response = self.response_class(
            request=self.request,
            template="events/admin/season_choose.html",
            context=context,
            using=self.template_engine,
        )
        response.status_code = status
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("sessions:index"), "label": "Sessions"}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def done(self, activity: ActivityPage, batch: Batch, *, publish: bool) -> HttpResponse:
        """Say what was created, and show it."""
        number, many = len(batch.created), "s" * (len(batch.created) > 1)
        if number:
            what = f"session{many} publiée{many}" if publish else f"brouillon{many} créé{many}"
            messages.success(self.request, f"{number} {what} pour « {activity.title} ».")
        for sentence in batch.skipped[:SHOWN_SKIPPED]:
            messages.warning(self.request, sentence)
        if len(batch.skipped) > SHOWN_SKIPPED:
            more = len(batch.skipped) - SHOWN_SKIPPED
            messages.warning(
                self.request, f"Et {more} autre{'s' * (more > 1)} qui existai{'en' * (more > 1)}t déjà."
            )
        return redirect(f"{reverse('sessions:index')}?activity={activity.pk}")


class SeasonView(SeasonMixin, View):
    """The page, its dates without JavaScript (« Voir les dates »), and the two buttons that create."""

    http_method_names = ["get", "head", "options", "post"]
    page_class: type[Page]

    def create(self, page: Any, *, publish: bool) -> Batch:
        raise NotImplementedError

    def refuse(self, page: Any, error: DomainError) -> str:
        """Show what is about no row; returns the line above the page."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        return self._page(self.page_class(activity=activity, data=None)) if activity else self.choose()

    def post(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        if activity is None:
            return self.choose(status=422)
        publish = "action-publish" in request.POST
        final = publish or "action-draft" in request.POST
        page = self.page_class(activity=activity, data=request.POST, final=final)
        if not final:
            return self._page(page, status=422 if page.asked.errors else 200)
        if not page.asked.errors and page.dates_changed:
            page = self.page_class(activity=activity, data=request.POST)
            return self._page(page, error=DATES_CHANGED, status=422)
        if not page.is_valid():
            return self._page(page, error=WRONG, status=422)
        try:
            batch = self.create(page, publish=publish)
        except BatchError as error:
            page.kept[error.index].form.refuse(error)
            return self._page(page, error=WRONG, status=422)
        except DomainError as error:
            return self._page(page, error=self.refuse(page, error), status=422)
        return self.done(activity, batch, publish=publish)

    def _page(self, page: Page, *, error: str = "", status: int = 200) -> HttpResponse:
        context = self.get_context_data(page=page, error=error)
        return self.render_to_response(context, status=status)


class SeasonPreviewView(SeasonMixin, View):
    """The rows alone, for the script that refreshes them; a sentence when the dates cannot be known."""

    http_method_names = ["post", "options"]
    page_class: type[Page]

    def post(self, request: HttpRequest) -> HttpResponse:
        activity = self.activity()
        if activity is None:
            return self._refused("Choisissez un dispositif.")
        page = self.page_class(activity=activity, data=request.POST)
        if page.asked.errors:
            return self._refused(*(error for errors in page.asked.errors.values() for error in errors))
        return self.render_to_response({"page": page})

    @staticmethod
    def _refused(*sentences: str) -> HttpResponse:
        return HttpResponse(" ".join(sentences), status=422, content_type="text/plain; charset=utf-8")
