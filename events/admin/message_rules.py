"""Message rules: their form, and what a real person would read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from common.admin import SavesThroughTheDomain, TrimmedViewSet
from common.errors import DomainError
from common.numbers import row_number
from events.admin.message_rule_listing import OwnRulesMixin, RuleIndexView
from events.domain.message_previews import Preview, preview_rule
from events.domain.message_rules import switch
from events.domain.message_words import when_of
from events.forms.message_rule import MessageRuleForm, words
from events.models import MessageRule, Session

NOT_SAVED = "Le message n’est pas enregistré : corrigez ce qui est signalé plus bas."
STALE = "Le message n’est pas enregistré : quelqu’un d’autre l’a modifié entre-temps."
SESSIONS_SHOWN = 50


class RuleFormMixin(OwnRulesMixin, SavesThroughTheDomain):
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
        if "action-preview" in self.request.POST:
            self.form = form
            return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined, no-any-return]
        return super().form_valid(form)

    def save_row(self, form: MessageRuleForm) -> MessageRule:
        return form.save(by=self.request.user)  # type: ignore[arg-type]

    def refuse(self, form: MessageRuleForm, error: DomainError) -> str:
        form.refuse(error)
        return STALE if form.stored else NOT_SAVED

    def after(self, saved: MessageRule) -> HttpResponse:
        messages.success(self.request, f"« {saved} » est enregistré.")
        return redirect("message_rules:edit", saved.pk)

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
        messages.success(request, f"« {rule} » est {'actif' if rule.active else 'arrêté'}.")
        return redirect("message_rules:edit", rule.pk)


class MessageRuleViewSet(TrimmedViewSet):
    """Without deleting: a rule that spoke is kept, and stopped."""

    model = MessageRule
    name = "message_rules"
    url_prefix = "messages-programmes"
    icon = "time"
    menu_label = "Programmés"
    menu_order = 20
    index_view_class = RuleIndexView
    add_view_class = RuleAddView
    edit_view_class = RuleEditView
    search_fields = RuleIndexView.search_fields
    kept = frozenset({"index", "index_results", "add", "edit"})

    def get_form_class(self, for_update: bool = False) -> type[MessageRuleForm]:
        return MessageRuleForm

    def get_edit_handler(self) -> None:
        return None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("apercu/<int:pk>/", RulePreviewView.as_view(), name="preview"),
            path("actif/<int:pk>/", RuleSwitchView.as_view(), name="switch"),
        ]


message_rule_viewset = MessageRuleViewSet()
