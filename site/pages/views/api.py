"""The read-only API for other sites, on Wagtail's: public facts, as JSON, for any page to fetch."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet

from common.errors import DomainError
from common.public import public_page
from events.forms.api import ActivitiesAsked, Asked, OrganisationsAsked, SessionsAsked, answered
from events.models import ActivityPage, Session
from pages.domain import public_data
from pages.models import OrganisationPage

BIGGEST_KEY = 2**63 - 1
UNKNOWN = "Rien de public ne porte ce numéro."


class JsonAlways(BaseContentNegotiation):
    """Whatever a program says that it accepts: an address opened in a browser shows the facts too."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


@method_decorator([conditional_page, public_page], name="dispatch")
class PublicViewSet(BaseAPIViewSet):
    """A list and its details; a question that makes no sense is answered 400, with a sentence."""

    http_method_names = ["get", "head"]
    authentication_classes: ClassVar[list[type]] = []  # the same for everybody: no cookie is read
    permission_classes: ClassVar[list[type]] = []
    throttle_classes: ClassVar[list[type]] = []
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = JsonAlways
    asked_form: ClassVar[type[Asked]]

    def listing_view(self, request: Request) -> Response:
        asked = self._asked(self.asked_form)
        asked.pop("limit", None), asked.pop("offset", None)
        rows = self.paginate_queryset(self.found(**asked))
        return self.get_paginated_response(self.facts(list(rows)))

    def detail_view(self, request: Request, pk: int) -> Response:
        self._asked(Asked)
        row = self.any_of_them().filter(**{self.lookup: pk}).first() if pk <= BIGGEST_KEY else None
        if row is None:
            raise Http404(UNKNOWN)
        return Response(self.facts([row])[0])

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(response.data, dict) and "detail" in response.data:
            response.data = {"message": str(response.data["detail"])}
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.status_code == 200:
            response["Cache-Control"] = "public, max-age=60"
        return response

    def get_renderer_context(self) -> dict[str, Any]:
        return super().get_renderer_context() | {"indent": None}

    def _asked(self, form: type[Asked]) -> dict[str, Any]:
        given = self.request.GET
        try:
            return answered(form(given), given=set(given))
        except DomainError as error:
            raise BadRequestError(str(error)) from None

    lookup = "pk"
    found: ClassVar[Callable[..., QuerySet[Any]]]
    any_of_them: ClassVar[Callable[[], QuerySet[Any]]]
    facts: ClassVar[Callable[[Any], list[dict[str, Any]]]]
    model: ClassVar[type[Model]]

    @classmethod
    def get_urlpatterns(cls) -> list[URLPattern]:
        return [
            path("", cls.as_view({"get": "listing_view"}), name="listing"),
            path("<int:pk>/", cls.as_view({"get": "detail_view"}), name="detail"),
        ]


class Sessions(PublicViewSet):
    model = Session
    asked_form = SessionsAsked
    found = staticmethod(public_data.sessions)
    any_of_them = staticmethod(public_data.published_sessions_ever)
    facts = staticmethod(public_data.session_facts)


class Activities(PublicViewSet):
    model = ActivityPage
    asked_form = ActivitiesAsked
    found = staticmethod(public_data.activities)
    any_of_them = staticmethod(public_data.activities)
    facts = staticmethod(public_data.activity_facts)


class Organisations(PublicViewSet):
    model = OrganisationPage
    asked_form = OrganisationsAsked
    lookup = "organisation"
    found = staticmethod(public_data.organisations)
    any_of_them = staticmethod(public_data.organisations)
    facts = staticmethod(public_data.organisation_facts)


router = WagtailAPIRouter("api")
router.register_endpoint("sessions", Sessions)
router.register_endpoint("activities", Activities)
router.register_endpoint("organisations", Organisations)
