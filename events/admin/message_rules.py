"""Message rules: their list, their form, and what a real person would read."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from common.errors import DomainError
from common.numbers import row_number
from events.access import coordinated_message_rules, coordinated_sessions
from events.admin.filters import own_activities
from events.admin.scoping import OwnRowsMixin
from events.domain.message_previews import Preview, preview_rule
from events.domain.message_rules import switch
from events.domain.message_words import when_of
from events.forms.message_rule import MessageRuleForm, words
from events.models import MessageRule, Session

NOT_SAVED = "Le message n’est pas enregistré : corrigez ce qui est signalé plus bas."
SESSIONS_SHOWN = 50


class OwnRulesMixin(OwnRowsMixin):
    def own_rows(self) -> QuerySet[MessageRule]:
        return coordinated_message_rules(self.request.user)  # type: ignore[arg-type]

    def own_sessions(self, rule: MessageRule) -> QuerySet[Session]:
        """Where ``rule`` may be looked at, newest first."""
        sessions = coordinated_sessions(self.request.user).filter(  # type: ignore[arg-type]
            activity__organisation=rule.organisation_id
        )
        if rule.activity_id:
            sessions = sessions.filter(activity=rule.activity_id)
        return sessions.filter(registrations__isnull=False).distinct().order_by("-starts_at", "-pk")


class RuleFilterSet(WagtailFilterSet):
    activity = django_filters.ModelChoiceFilter(
        label="Dispositif", queryset=own_activities, method="about_activity"
    )
    active = django_filters.BooleanFilter(label="Actif")

    class Meta:
        model = MessageRule
        fields = ["activity", "moment", "audience", "active"]

    def about_activity(self, rules: QuerySet[MessageRule], name: str, activity: Any) -> QuerySet[MessageRule]:
        """Those that speak of it: its own, and the general ones of its organisation."""
        general = rules.filter(activity__isnull=True, organisation=activity.organisation_id)
        return general | rules.filter(activity=activity)


def concerned(rule: MessageRule) -> str:
    return rule.activity.title if rule.activity else "Tous"


def adaptations(rule: MessageRule) -> SafeString:
    """Each activity that adapts or silences the rule, with a link to mend it."""
    return format_html_join(
        ", ",
        '<a href="{}">{}</a> ({})',
        (
            (
                reverse("message_rules:edit", args=[each.pk]),
                each.activity.title if each.activity else "",
                "adapté" if each.active else "sans ce message",
            )
            for each in rule.adjustments.all()
        ),
    )


class RuleIndexView(OwnRulesMixin, generic.IndexView):
    page_title = "Messages programmés"
    add_item_label = "Programmer un message"
    default_ordering = "name"
    filterset_class = RuleFilterSet
    search_fields = ["name", "subject"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[MessageRule]:
        adjustments = MessageRule.objects.select_related("activity").order_by("activity__title", "pk")
        return (
            self.own_rows()
            .filter(adjusts__isnull=True)
            .prefetch_related(Prefetch("adjustments", queryset=adjustments))
        )

    @property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label="Nom", sort_key="name", get_url=self.get_edit_url),
            Column("moment", label="Quand", accessor=when_of),
            Column("audience", label="À qui", accessor="get_audience_display"),
            Column("activity", label="Dispositif", accessor=concerned),
            Column("adjustments", label="Adaptations", accessor=adaptations),
            Column("organisation", label="Structure", accessor="organisation.short_name"),
            StatusTagColumn(
                "active",
                label="État",
                accessor=lambda rule: "Actif" if rule.active else "Arrêté",
                primary=lambda rule: rule.active,
            ),
        ]


class RuleFormMixin(OwnRulesMixin):
    """What creating and editing share. « Aperçu » shows what is typed, and saves nothing."""

    request: HttpRequest
    template_name = "events/admin/message_rule_form.html"
    shown: Preview | None = None
    shown_for: Session | None = None

    def get_form_class(self) -> type[MessageRuleForm]:
        return MessageRuleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {  # type: ignore[no-any-return]
            **super().get_form_kwargs(),  # type: ignore[misc]
            "user": self.request.user,
            "adjusts": self.adjusted(),
        }

    def adjusted(self) -> MessageRule | None:
        raise NotImplementedError

    def form_valid(self, form: MessageRuleForm) -> HttpResponse:
        self.form = form
        if "action-preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined, no-any-return]
        try:
            rule = form.save(by=self.request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            self.produced_error_message = str(error) if form.stored else NOT_SAVED
            return self.form_invalid(form)
        messages.success(self.request, f"« {rule} » est enregistré.")
        return redirect("message_rules:edit", rule.pk)

    def form_invalid(self, form: MessageRuleForm) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response  # type: ignore[no-any-return]

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer([])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        form: MessageRuleForm = context["form"]
        return {
            **context,
            "words": words(),
            "adjusts": form.adjusts,
            "when": when_of(form.adjusts) if form.adjusts else "",
            **self._look(form),
        }

    def _look(self, form: MessageRuleForm) -> dict[str, Any]:
        """What a person of the chosen session would read of what is typed."""
        rule: MessageRule = form.instance
        sessions = self.own_sessions(rule).prefetch_related("slots")
        asked = self.request.POST.get("preview_session") or self.request.GET.get("session", "")
        chosen = sessions.filter(pk=row_number(asked)).first()
        found = list(sessions[:SESSIONS_SHOWN])
        chosen = chosen or next(iter(found), None)
        asking = "action-preview" in self.request.POST and not form.errors
        shown = preview_rule(rule, session=chosen) if asking and chosen else None
        return {"preview": shown, "preview_sessions": found, "preview_session": chosen, "asking": asking}


class RuleAddView(RuleFormMixin, generic.CreateView):
    page_title = "Programmer un message"

    def get_page_subtitle(self) -> str:
        return self.page_title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("message_rules:index"), "label": RuleIndexView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def get_object(self, queryset: Any = None) -> None:
        return None

    def adjusted(self) -> MessageRule | None:
        asked = self.request.GET.get("adjusts", "")
        if not asked:
            return None
        rules = self.own_rows().filter(adjusts__isnull=True, activity__isnull=True)
        return get_object_or_404(rules, pk=row_number(asked))

    def get_initial(self) -> dict[str, Any]:
        rule = self.adjusted()
        if rule is None:
            return {}
        activity = self.request.GET.get("activity", "")[:18]
        return {"subject": rule.subject, "body": rule.body, "days": rule.days, "activity": activity}

    def get_add_url(self) -> str:
        return f"{super().get_add_url()}?{self.request.GET.urlencode()}".rstrip("?")


class RuleEditView(RuleFormMixin, generic.EditView):
    def adjusted(self) -> MessageRule | None:
        return self.object.adjusts  # type: ignore[no-any-return]

    @property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("message_rules:preview", args=[self.object.pk])
        return [Button("Aperçu", url=url, icon_name="view", priority=5)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stored = get_object_or_404(self.own_rows(), pk=self.object.pk)
        adjustments = stored.adjustments.select_related("activity").order_by("activity__title", "pk")
        return {
            **super().get_context_data(**kwargs),
            "rule": stored,
            "may_be_adjusted": stored.adjusts_id is None and stored.activity_id is None,
            "adjustments": adjustments,
        }


class RulePreviewView(OwnRulesMixin, View):
    """The stored text as a real person would get it. A GET, that writes nothing."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = self.get_object()
        sessions = self.own_sessions(rule).prefetch_related("slots")
        asked = request.GET.get("session", "")
        found = list(sessions[:SESSIONS_SHOWN])
        chosen = get_object_or_404(sessions, pk=row_number(asked)) if asked else next(iter(found), None)
        context = {
            "rule": rule,
            "preview_sessions": found,
            "preview_session": chosen,
            "preview": preview_rule(rule, session=chosen) if chosen else None,
        }
        return render(request, "events/admin/message_rule_preview.html", context)


class RuleSwitchView(OwnRulesMixin, View):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        active = request.POST.get("active") == "1"
        rule = switch(rule=self.get_object(), active=active, by=request.user)  # type: ignore[arg-type]
        messages.success(request, f"« {rule} » est {'actif' if rule.active else 'arrêté'}.")
        return redirect("message_rules:edit", rule.pk)


class MessageRuleViewSet(ModelViewSet):
    """Wagtail's viewset without deleting: a rule that spoke is kept, and stopped."""

    model = MessageRule
    name = "message_rules"
    url_prefix = "messages-programmes"
    icon = "time"
    menu_label = "Programmés"
    menu_order = 20
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = RuleIndexView
    add_view_class = RuleAddView
    edit_view_class = RuleEditView
    search_fields = RuleIndexView.search_fields
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> type[MessageRuleForm]:
        return MessageRuleForm

    def get_edit_handler(self) -> None:
        return None

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = {"usage_url_name", "delete_url_name", "history_url_name"}
        common = super().get_common_view_kwargs(**kwargs)
        return {name: value for name, value in common.items() if name not in unused}

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {"index", "index_results", "add", "edit"}
        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            path("apercu/<int:pk>/", RulePreviewView.as_view(), name="preview"),
            path("actif/<int:pk>/", RuleSwitchView.as_view(), name="switch"),
        ]


message_rule_viewset = MessageRuleViewSet()
