"""The organisation's activities: what comes next, their settings, and where to go from there."""

from typing import Any

from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, ButtonWithDropdown, HeaderButton

from common import moments
from common.errors import DomainError
from events.access import coordinated_activities
from events.admin.form_sections import settings_sections
from events.admin.scoping import CoordinatorMixin
from events.domain.activity_settings import coming_sessions, settings_of
from events.forms.activity_settings import ActivitySettingsForm
from events.models import ActivityPage, Session


def with_sessions(activities: QuerySet[ActivityPage]) -> QuerySet[ActivityPage]:
    """``next_start``, ``sessions_count`` and ``coming_count``, in the same query."""
    now = timezone.now()
    held = ~Q(sessions__status=Session.Status.CANCELLED)
    following = Session.objects.filter(
        activity=OuterRef("pk"), status=Session.Status.PUBLISHED, starts_at__gt=now
    ).order_by("starts_at", "pk")
    return activities.annotate(
        next_start=Subquery(following.values("starts_at")[:1], output_field=DateTimeField()),
        sessions_count=Count("sessions", filter=held),
        coming_count=Count("sessions", filter=held & Q(sessions__starts_at__gt=now)),
    )


def next_session(activity: Any) -> str:
    return moments.moment(activity.next_start) if activity.next_start else "aucune date"


def state(activity: ActivityPage) -> str:
    return "En ligne" if activity.live else "Brouillon"


class ActivityIndexView(CoordinatorMixin, generic.IndexView):
    """Own activities; each leads to its page, its settings, its season, its report."""

    model = ActivityPage
    page_title = "Dispositifs"
    header_icon = "snippet"
    template_name = "events/admin/activity_index.html"
    table_classname = "listing escale-activities"
    index_url_name = "activities"
    default_ordering = "title"
    any_permission_required: list[str] = []
    permission_policy = None
    paginate_by = 50
    is_searchable = False

    def get_base_queryset(self) -> QuerySet[ActivityPage]:
        return with_sessions(coordinated_activities(self.request.user)).select_related("organisation")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label="Dispositif", sort_key="title", get_url=sessions_of),
            Column(
                "organisation", label="Structure", accessor="organisation.short_name", classname="escale-wide"
            ),
            Column("live", label="Page", accessor=state, classname="escale-wide"),
            Column("next_start", label="Prochaine session", accessor=next_session, sort_key="next_start"),
            Column("coming_count", label="À venir", sort_key="coming_count"),
            Column("sessions_count", label="En tout", sort_key="sessions_count", classname="escale-wide"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return []

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return []

    def get_list_buttons(self, instance: ActivityPage) -> list[Button]:
        asked = f"?activity={instance.pk}"
        places = [
            ("Régler", reverse("activity_settings", args=[instance.pk]), "cog"),
            ("Créer une session", reverse("sessions:add") + asked, "plus"),
            ("Planifier une saison", reverse("sessions:plan") + asked, "calendar"),
            ("Copier une saison", reverse("sessions:copy_season") + asked, "copy"),
            ("Modifier la page", reverse("wagtailadmin_pages:edit", args=[instance.pk]), "edit"),
            ("Bilan", reverse("report") + asked, "clipboard-list"),
            ("Exporter", reverse("export") + asked, "download"),
        ]
        places[1:1] = more_places(instance)
        return [
            ButtonWithDropdown(
                buttons=[Button(label, url=url, icon_name=icon) for label, url, icon in places],
                icon_name="dots-horizontal",
                attrs={"aria-label": f"Pour « {instance.title} »"},
            )
        ]


def more_places(activity: ActivityPage) -> list[tuple[str, str, str]]:
    """Label, address and icon of what other apps let one set up; they know this app, not the reverse."""
    return [place for places in hooks.get_hooks("escale_activity_places") for place in places(activity)]


def sessions_of(activity: ActivityPage) -> str:
    return f"{reverse('sessions:index')}?activity={activity.pk}"


class ActivitySettingsView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "events/admin/activity_settings.html"
    page_title = "Régler"
    header_icon = "cog"

    @cached_property
    def activity(self) -> ActivityPage:
        own = coordinated_activities(self.request.user).select_related("organisation")
        return get_object_or_404(own, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        applied = form.cleaned_data.get("apply_to_coming", False)
        try:
            form.save(by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.refuse(error)
            return self._page(form, status=409 if form.stored else 422)
        also = (
            " Ses sessions à venir les suivent."
            if applied
            else " Ses prochaines sessions commenceront ainsi."
        )
        messages.success(request, f"Les réglages de « {self.activity.title} » sont enregistrés.{also}")
        return redirect("activities")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("wagtailadmin_pages:edit", args=[self.activity.pk])
        places = more_places(self.activity)
        return [
            *(HeaderButton(label, url=place, icon_name=icon) for label, place, icon in places),
            HeaderButton("Modifier la page", url=url, icon_name="edit"),
        ]

    def get_page_subtitle(self) -> str:
        return self.activity.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("activities"), "label": "Dispositifs"},
            {"url": "", "label": self.page_title, "sublabel": self.activity.title},
        ]

    def _form(self, data: Any = None) -> ActivitySettingsForm:
        return ActivitySettingsForm(
            data,
            instance=settings_of(self.activity),
            user=self.request.user,
            coming=coming_sessions(self.activity).count(),
        )

    def _page(self, form: ActivitySettingsForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, activity=self.activity, sections=settings_sections(form))
        return self.render_to_response(context, status=status)  # type: ignore[no-any-return]


urlpatterns = [
    path("dispositifs/", ActivityIndexView.as_view(), name="activities"),
    path("dispositifs/<int:pk>/reglages/", ActivitySettingsView.as_view(), name="activity_settings"),
]
