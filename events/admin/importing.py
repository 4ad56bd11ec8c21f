"""Importing past participations in the admin: upload, preview line by line, confirm."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from common.errors import DomainError
from events.access import coordinated_activities
from events.admin.scoping import CoordinatorMixin
from events.domain import imports
from events.domain.imports import Action, Line, Plan, Result, uploads
from events.forms.importing import ImportForm

SESSION_KEY = "imports"
PER_PAGE = 100
SHOWN_FAILURES = 10
GONE = "Cet import a déjà été confirmé ou abandonné : envoyez à nouveau le tableau."


class PendingMixin(CoordinatorMixin):
    """An upload that waits: the session says which file, for which activity."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.token: str = kwargs["token"]

    def pending(self) -> Plan | None:
        """What the waiting file would do now, or None when nothing waits under that name."""
        waiting = self.request.session.get(SESSION_KEY, {}).get(self.token)
        data = uploads.read(self.token) if waiting else None
        if data is None:
            return None
        activities = coordinated_activities(self.request.user)
        activity = get_object_or_404(activities, pk=waiting["activity"])
        return imports.plan(activity=activity, table=imports.read_rows(data, waiting["name"]))

    def forget(self) -> None:
        waiting = self.request.session.get(SESSION_KEY, {})
        if waiting.pop(self.token, None):
            uploads.forget(self.token)
            self.request.session[SESSION_KEY] = waiting

    def gone(self) -> HttpResponse:
        messages.warning(self.request, GONE)
        return redirect("import_participations")


class ImportView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    """Upload. The file is read at once, so that a broken one is refused beside its field."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/import.html"
    page_title = "Importer"
    header_icon = "upload"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ImportForm(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self._page(form, status=422)
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            imports.read_rows(data, file.name)
        except DomainError as error:
            form.add_error("file", str(error))
            return self._page(form, status=422)
        token = uploads.keep(data)
        waiting = {"activity": form.cleaned_data["activity"].pk, "name": file.name}
        request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), token: waiting}
        return redirect("import_preview", token)

    def _page(self, form: ImportForm, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ImportPreviewView(PendingMixin, WagtailAdminTemplateMixin, View):
    """What each line would do. A GET, repeatable, that writes nothing."""

    http_method_names = ["get", "head", "options"]
    template_name = "events/admin/import_preview.html"
    page_title = "Vérifier l’import"
    header_icon = "upload"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        plan = self.pending()
        if plan is None:
            return self.gone()
        return self.render_to_response(self.get_context_data(plan=plan))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan: Plan = kwargs["plan"]
        chosen, lines = self._lines(plan)
        page = Paginator(lines, PER_PAGE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "token": self.token,
            "filters": self._filters(plan, chosen),
            "page": page,
            "pages": self._neighbours(page, chosen),
            "new_sessions": self._sessions(plan, Action.CREATE),
            "changed_sessions": self._sessions(plan, Action.UPDATE),
        }

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        upload = {"url": reverse("import_participations"), "label": ImportView.page_title}
        return [*self.breadcrumbs_items, upload, {"url": "", "label": self.page_title}]

    def _lines(self, plan: Plan) -> tuple[str, list[Line]]:
        """The filter asked for, and its lines."""
        chosen = self.request.GET.get("voir", "")
        if chosen == "warned":
            return chosen, plan.warned
        if chosen in list(Action):
            return chosen, [line for line in plan.lines if line.action == chosen]
        return "", plan.lines

    @staticmethod
    def _filters(plan: Plan, chosen: str) -> list[dict[str, Any]]:
        counts = plan.counts
        named = [
            ("", "Toutes", len(plan.lines)),
            (Action.ERROR, "Refusées", counts[Action.ERROR]),
            ("warned", "Avec remarque", len(plan.warned)),
            (Action.CREATE, "À créer", counts[Action.CREATE]),
            (Action.UPDATE, "À modifier", counts[Action.UPDATE]),
            (Action.UNCHANGED, "Inchangées", counts[Action.UNCHANGED]),
        ]
        return [
            {"value": value, "label": label, "count": count, "current": value == chosen}
            for value, label, count in named
            if count or not value
        ]

    @staticmethod
    def _neighbours(page: Page, chosen: str) -> dict[str, str]:
        found = {}
        if page.has_previous():
            found["previous"] = f"?voir={chosen}&p={page.previous_page_number()}"
        if page.has_next():
            found["next"] = f"?voir={chosen}&p={page.next_page_number()}"
        return found

    @staticmethod
    def _sessions(plan: Plan, action: Action) -> int:
        return sum(session.action == action for session in plan.sessions)


class ImportConfirmView(PendingMixin, View):
    """Does what the preview showed, from the same file."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        plan = self.pending()
        if plan is None:
            return self.gone()
        self.forget()
        result = imports.apply(plan=plan, by=request.user)  # type: ignore[arg-type]
        self._tell(plan, result)
        return redirect("import_participations")

    def _tell(self, plan: Plan, result: Result) -> None:
        done = (
            f"{plan.activity.title} : {result.created} participations créées, {result.updated} modifiées, "
            f"{result.unchanged} inchangées, {result.refused} lignes refusées."
        )
        report = messages.button(f"{reverse('report')}?activity={plan.activity.pk}", "Voir le bilan")
        messages.success(self.request, done, buttons=[report])
        for failure in result.failures[:SHOWN_FAILURES]:
            messages.error(self.request, f"Session laissée telle quelle : {failure}")
        if len(result.failures) > SHOWN_FAILURES:
            messages.error(self.request, f"Et {len(result.failures) - SHOWN_FAILURES} autres sessions.")


class ImportAbandonView(PendingMixin, View):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        self.forget()
        messages.success(request, "Import abandonné : rien n’a été écrit, le fichier est effacé.")
        return redirect("import_participations")
