"""What the screens that create many sessions share: which activity, and what is said at the end."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.numbers import row_number
from events.admin.scoping import CoordinatorMixin
from events.domain.batches import Batch
from events.forms.importing import own_activities
from events.models import ActivityPage

DATES_CHANGED = "Les dates ont changé : les voici. Vérifiez-les, puis confirmez."
WRONG = "Rien n’est créé : corrigez ce qui est signalé."
SHOWN_SKIPPED = 5


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

    @staticmethod
    def refused(sentences: Iterable[str]) -> HttpResponse:
        """For the script that refreshes the dates: why they cannot be shown."""
        return HttpResponse(" ".join(sentences), status=422, content_type="text/plain; charset=utf-8")

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
