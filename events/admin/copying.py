"""Copying a session, or a season: a preview, then drafts or published sessions that keep silent."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from events.admin.copy_page import CopySeasonPage
from events.admin.scoping import CoordinatorMixin, OwnSessionsMixin
from events.admin.season_mixin import SeasonPreviewView, SeasonView
from events.domain.batches import Batch
from events.domain.copying import copy_season, copy_session
from events.domain.season_days import DayFacts, facts_of
from events.forms.copying import CopyForm
from events.models import Session

SILENT = "Ses messages programmés restent en pause jusqu’à ce que vous les confirmiez."


class CopySessionView(CoordinatorMixin, OwnSessionsMixin, WagtailAdminTemplateMixin, View):
    """To a day; one that is special is shown once more before anything is created."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/session_copy.html"
    page_title = "Copier"
    header_icon = "copy"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = self.get_object()
        form = CopyForm(initial={"day": next_day(session), "title": session.title})
        return self._page(session, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session, form = self.get_object(), CopyForm(request.POST)
        if not form.is_valid():
            return self._page(session, form, status=422)
        day = form.cleaned_data["day"]
        facts = facts_of([day], activity=session.activity)[day]
        if facts.flags and request.POST.get("seen") != day.isoformat():
            return self._page(session, form, facts=facts, status=422)
        try:
            copy = copy_session(session=session, day=day, title=form.cleaned_data["title"], by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            return self._page(session, form, facts=facts, status=422)
        messages.success(request, f"« {copy.title} » est copiée en brouillon. {SILENT}")
        return redirect("sessions:inspect", copy.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        session = self.get_object()
        above = {"url": reverse("sessions:index"), "label": "Sessions"}
        own = {"url": reverse("sessions:inspect", args=[session.pk]), "label": session.title}
        return [*self.breadcrumbs_items, above, own, {"url": "", "label": self.page_title}]

    def _page(
        self, session: Session, form: CopyForm, *, facts: DayFacts | None = None, status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(session=session, form=form, facts=facts)
        return self.render_to_response(context, status=status)


class CopySeasonView(SeasonView):
    page_class = CopySeasonPage
    template_name = "events/admin/season_copy.html"
    page_title = "Copier une saison"
    header_icon = "copy"

    def create(self, page: CopySeasonPage, *, publish: bool) -> Batch:
        return copy_season(copies=page.copies(), publish=publish, by=self.request.user)  # type: ignore[arg-type]

    def refuse(self, page: CopySeasonPage, error: DomainError) -> str:
        return str(error)


class CopySeasonPreviewView(SeasonPreviewView):
    page_class = CopySeasonPage
    template_name = "events/admin/season_copies.html"


def next_day(session: Session) -> date:
    """The same weekday: four weeks later, or the first one still to come."""
    day = timezone.localdate(session.starts_at) + timedelta(weeks=4)
    late = (timezone.localdate() - day).days
    return day if late < 0 else day + timedelta(weeks=late // 7 + 1)
