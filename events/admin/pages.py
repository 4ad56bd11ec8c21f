"""Activity pages in the explorer: their organisation follows the tree, and filters show no strangers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.views.pages.listing import GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet

from common.models import BasePage
from common.owned import OwnThingsForm
from events.models import ActivityPage, Session
from members.access import colleagues
from members.models import User

STAYS = "« {page} » reste dans sa structure : ses sessions et ses inscriptions lui appartiennent."
KEPT = "« {page} » a des sessions et leurs inscriptions : dépubliez cette page, elle ne se supprime pas."


class ActivityPageForm(OwnThingsForm):
    """A new activity belongs to the organisation below whose page it is created."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.organisation_id is None and self.parent_page is not None:
            self.instance.organisation_id = organisation_of(self.parent_page)


def organisation_of(page: BasePage) -> int | None:
    """The organisation of an organisation's page; other pages have none."""
    return getattr(page.specific, "organisation_id", None)


def strays(page: BasePage, destination: BasePage) -> bool:
    """Whether moving ``page`` would take an activity out of its organisation."""
    activity = page.specific
    return isinstance(activity, ActivityPage) and activity.organisation_id != organisation_of(destination)


def refuse_stray_move(request: HttpRequest, page: BasePage, destination: BasePage) -> HttpResponse | None:
    if not strays(page, destination):
        return None
    messages.error(request, STAYS.format(page=page.title))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_stray_bulk_move(
    request: HttpRequest, action_type: str, objects: list[BasePage], action: Any
) -> HttpResponse | None:
    if action_type != "move" or not hasattr(action, "cleaned_form"):
        return None
    destination = action.cleaned_form.cleaned_data.get("chooser")
    for page in objects:
        if isinstance(page, BasePage) and destination and strays(page, destination):
            messages.error(request, STAYS.format(page=page.title))
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def refuse_deleting(request: HttpRequest, page: BasePage) -> HttpResponse | None:
    if not _holds_sessions(page):
        return None
    messages.error(request, KEPT.format(page=page.title))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_bulk_deleting(
    request: HttpRequest, action_type: str, objects: list[BasePage], action: Any
) -> HttpResponse | None:
    pages = [one for one in objects if isinstance(one, BasePage)] if action_type == "delete" else []
    return next((refusal for page in pages if (refusal := refuse_deleting(request, page))), None)


def _holds_sessions(page: BasePage) -> bool:
    return Session.objects.filter(activity__in=page.get_descendants(inclusive=True).values("pk")).exists()


def follow_the_tree(request: HttpRequest, page: BasePage, new_page: BasePage) -> None:
    """A copy belongs where it was put; the original's sessions are not copied."""
    copy = new_page.specific
    if isinstance(copy, ActivityPage) and strays(copy, copy.get_parent()):
        copy.organisation_id = organisation_of(copy.get_parent())
        copy.save(update_fields=["organisation"])
        copy.save_revision(user=request.user)


class ColleaguesFilterSet(GenericPageFilterSet):
    """« Owner » and « edited by » offer a coordinator their colleagues only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "edited_by"):
            self.filters[name].queryset = self._known(self.filters[name].queryset)

    def _known(self, everybody: Any) -> QuerySet[User]:
        people = everybody(self.request) if callable(everybody) else everybody
        return people.filter(pk__in=colleagues(self.request.user).values("pk"))


class ExplorerViewSet(PageViewSet):
    filterset_class = ColleaguesFilterSet


explorer_viewset = ExplorerViewSet()
