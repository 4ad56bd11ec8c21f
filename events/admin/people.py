"""Registrations: their list, one registration's page, and what the coordination decides about one."""

from typing import Any

from django.forms import Media
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from events.access import coordinated_registrations
from events.admin.adding import AddPersonView
from events.admin.deciding import ApproveView, DecisionView, DeclineView, MoveView, PromoteView, WithdrawView
from events.admin.people_listing import RegistrationIndexView
from events.admin.scoping import CoordinatorMixin
from events.domain import overview
from events.domain.eligibility import why_waiting
from events.domain.waiting import waiting_position
from events.models import Registration, Session

# In the order in which they are offered.
DECISIONS: dict[str, type[DecisionView]] = {
    "approve": ApproveView,
    "decline": DeclineView,
    "promote": PromoteView,
    "move": MoveView,
    "withdraw": WithdrawView,
}


class RegistrationInspectView(CoordinatorMixin, WagtailAdminTemplateMixin, TemplateView):
    """One registration: what was stated, where it stands and why, what was sent, who came."""

    template_name = "events/admin/registration_inspect.html"
    page_title = "Inscription"
    header_icon = "user"

    @cached_property
    def registration(self) -> Registration:
        own = coordinated_registrations(self.request.user).select_related("session__activity__organisation")  # type: ignore[arg-type]
        return get_object_or_404(own, pk=self.kwargs["pk"])

    @property
    def media(self) -> Media:
        return Media(css={"all": ["escale/admin-desk.css"]})

    def get_page_subtitle(self) -> str:
        return self.registration.full_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        session = self.registration.session
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sessions:index"), "label": "Sessions"},
            {"url": reverse("sessions:inspect", args=[session.pk]), "label": session.title},
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration = self.registration
        session = registration.session
        return {
            **super().get_context_data(**kwargs),
            "media": self.media,
            "registration": registration,
            "session": session,
            "line": overview.line(registration),
            "position": waiting_position(registration),
            "why": why_waiting(registration),
            "sent": overview.messages_to(registration=registration),
            "attendances": overview.attendances(registration=registration),
            "history": overview.history_of(registration=registration),
            "parts": _parts(registration),
            "actions": possible_actions(registration, session),
        }


def possible_actions(registration: Registration, session: Session) -> list[tuple[str, str, bool]]:
    """Address, words and gravity of what may be decided about ``registration`` as it stands."""
    if session.completed_at:
        return []
    return [
        (reverse(f"registrations:{name}", args=[registration.pk]), view.page_title, view.is_grave)
        for name, view in DECISIONS.items()
        if registration.state in view.states
    ]


def _parts(registration: Registration) -> list[Component]:
    return [make(registration) for make in hooks.get_hooks("escale_registration_parts")]


class RegistrationViewSet(ViewSet):
    name = "registrations"
    url_prefix = "inscriptions"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", RegistrationIndexView.as_view(), name="index"),
            path("results/", RegistrationIndexView.as_view(results_only=True), name="index_results"),
            path("<int:pk>/", RegistrationInspectView.as_view(), name="inspect"),
            path("session/<int:pk>/ajouter/", AddPersonView.as_view(), name="add"),
            path("<int:pk>/valider/", ApproveView.as_view(), name="approve"),
            path("<int:pk>/refuser/", DeclineView.as_view(), name="decline"),
            path("<int:pk>/deplacer/", MoveView.as_view(), name="move"),
            path("<int:pk>/promouvoir/", PromoteView.as_view(), name="promote"),
            path("<int:pk>/desister/", WithdrawView.as_view(), name="withdraw"),
        ]


registration_viewset = RegistrationViewSet()
