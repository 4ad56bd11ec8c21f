"""The list of message rules, and which rules and sessions are one's own."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic

from events.access import coordinated_message_rules, coordinated_sessions
from events.admin.filters import ActivityFilter, own_activities
from events.admin.scoping import OwnRowsMixin
from events.domain.message_words import when_of
from events.models import MessageRule, Session


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
    activity = ActivityFilter(label="Dispositif", queryset=own_activities, method="about_activity")
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
