"""What a coordination pastes into its own site: a frame with its dates, and where programs read them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events.admin.scoping import CoordinatorMixin
from events.domain.mails import absolute
from members.access import coordinated_organisations
from members.models import Organisation

SHOWN = 50


class EmbeddingView(CoordinatorMixin, WagtailAdminTemplateMixin, View):
    http_method_names = ["get", "head", "options"]
    template_name = "events/admin/embedding.html"
    page_title = "Intégrer à votre site"
    header_icon = "code"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = coordinated_organisations(self.request.user).order_by("short_name", "pk")[:SHOWN]
        return super().get_context_data(**kwargs) | {"places": [_place(one) for one in own]}


def _place(organisation: Organisation) -> dict[str, Any]:
    slug = organisation.slug
    return {
        "organisation": organisation,
        "embed": absolute(reverse("events:embed", args=[slug])),
        "feed": absolute(reverse("events:feed_organisation", args=[slug])),
        "api": f"{absolute(reverse('api:sessions:listing'))}?organisation={slug}",
    }


urlpatterns: list[URLPattern] = [path("integrer/", EmbeddingView.as_view(), name="embedding")]
