"""The year's report in the admin."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.access import coordinated_activities
from events.admin.scoping import CoordinatorMixin
from events.domain.report import report, small_groups_merged
from events.forms.report import ReportForm


class ReportView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """Figures of one's own activities over a period; another organisation's activity does not exist here."""

    http_method_names = ["get", "head", "options"]
    template_name = "events/admin/report.html"
    page_title = "Bilan"
    header_icon = "clipboard-list"

    def get(self, request: HttpRequest) -> HttpResponse:
        own = coordinated_activities(request.user)
        form = ReportForm(request.GET, user=request.user)
        if not form.is_valid():
            if form.names_a_stranger():
                raise Http404
            return self.render_to_response(self.get_context_data(form=form), status=422)
        activity, since, until = (form.cleaned_data[name] for name in ("activity", "since", "until"))
        activities = [activity] if activity else list(own)
        found = report(activities=activities, since=since, until=until)
        context = self.get_context_data(
            form=form,
            report=found,
            activity=activity,
            since=since,
            until=until,
            professions=small_groups_merged(found.professions),
        )
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]
