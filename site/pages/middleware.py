"""What a coordinator names in Wagtail's own views must be theirs: else it does not exist.

Wagtail refuses strangers too, but often only after showing a title, and with a redirect that tells that
the thing is there. Views of our own apps scope themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    ProtectedError,
    Q,
    QuerySet,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.deprecation import MiddlewareMixin
from wagtail.admin import messages
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from common.models import BasePage
from pages.models import OrganisationPage

WORK = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}
KEEP = {"add", "change", "delete", "choose"}
EXPLORE = {"wagtailadmin_explore", "wagtailadmin_explore_results"}
CHOOSE = {"wagtailadmin_choose_page_child", "wagtailadmin_choose_page_chosen_multiple"}
PAGE_KWARGS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "pk")
# Where a page is to go: forms of Wagtail answer with its title.
PAGE_FIELDS = ("new_parent_page", "chooser")
IMAGE_KWARGS = ("image_id", "pk")
DOCUMENT_KWARGS = ("document_id", "doc_id", "pk")

Named = tuple[QuerySet[Any], Iterable[Any]]


class OwnThings(MiddlewareMixin):
    """What a coordinator names in an address of the administration is theirs, or a 404."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        user = request.user
        if request.path_info.startswith("/admin/") and user.is_authenticated and not user.is_superuser:
            for own, named in _named(request, kwargs):
                if not _has_all(own, named):
                    raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Where Wagtail would break: a form posted without its fields, a thing that others lean on."""
        if not request.path_info.startswith("/admin/"):
            return None
        if isinstance(exception, MultiValueDictKeyError):
            return HttpResponseBadRequest()
        if isinstance(exception, ProtectedError):
            messages.error(request, "D’autres données en dépendent : rien n’est supprimé.")
            return redirect("wagtailadmin_home")
        return None


def choosable_pages(user: Any) -> QuerySet[BasePage]:
    """What a link may point to: one's own pages, and the published ones that belong to no organisation."""
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = OrganisationPage.objects.annotate(below=path).filter(below__startswith=F("path"))
    own = policy_registry.get_by_type(BasePage).explorable_instances(user)
    return BasePage.objects.filter(Q(pk__in=own.values("pk")) | Q(~Exists(above), live=True))


def _named(request: HttpRequest, kwargs: dict[str, Any]) -> Iterator[Named]:
    match = request.resolver_match
    name, space = match.url_name or "", match.namespace
    if name in EXPLORE:
        explorable = policy_registry.get_by_type(BasePage).explorable_instances(request.user)
        yield explorable, [kwargs["parent_page_id"]]
    elif name in CHOOSE:
        yield choosable_pages(request.user), [*kwargs.values(), *request.GET.getlist("id")]
    elif space == "wagtailadmin_pages":
        yield _own(request, BasePage), [kwargs[key] for key in PAGE_KWARGS if key in kwargs]
        yield _own(request, BasePage), _destinations(request)
    elif space in ("wagtailimages", "wagtailimages_chooser"):
        yield _own(request, get_image_model()), _files(request, kwargs, IMAGE_KWARGS)
    elif space in ("wagtaildocs", "wagtaildocs_chooser"):
        yield _own(request, get_document_model()), _files(request, kwargs, DOCUMENT_KWARGS)
    elif name == "wagtail_bulk_action":
        yield from _in_bulk(request, kwargs["app_label"], kwargs["model_name"])


def _in_bulk(request: HttpRequest, app_label: str, model_name: str) -> Iterator[Named]:
    shared = {model._meta.label_lower: model for model in (BasePage, get_image_model(), get_document_model())}
    model = shared.get(f"{app_label}.{model_name}".lower())
    if model is None:
        return
    chosen = request.GET.getlist("id")
    if model is BasePage:
        yield _own(request, BasePage), _destinations(request)
        if "all" in chosen:  # of the children of a page; of every page there is, when none is named
            chosen = [request.GET.get("childOf")]
    yield _own(request, model), [one for one in chosen if one != "all"]


def _own(request: HttpRequest, model: type[Model]) -> QuerySet[Any]:
    actions = WORK if model is BasePage else KEEP
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(request.user, actions)  # type: ignore[no-any-return]


def _destinations(request: HttpRequest) -> list[str]:
    return [value for name in PAGE_FIELDS for value in request.POST.getlist(name) if value]


def _files(request: HttpRequest, kwargs: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    asked = request.GET.getlist("id") if request.resolver_match.namespace.endswith("_chooser") else []
    return [*(kwargs[name] for name in names if name in kwargs), *asked]


def _has_all(own: QuerySet[Any], named: Iterable[Any]) -> bool:
    """Numbers only: anything else names nothing."""
    asked = {str(one) for one in named}
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in asked):
        return False
    return not asked or own.filter(pk__in=asked).count() == len({int(one) for one in asked})
