"""The look of the Wagtail admin, and what it may not do to the pages of organisations."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.contrib.settings.models import register_setting

from common.models import BasePage
from common.owned import OwnThingsForm
from common.public import mark_public
from events.admin.menu import CoordinatorMenuItem
from members.models import RetentionPolicy, User
from pages.admin import OrganisationsAndPages, organisation_viewset
from pages.middleware import choosable_pages
from pages.models import ContentPage, OrganisationPage, SiteSettings
from pages.views.desk_agreements import AgreementsView
from pages.views.desk_erasure import ErasureView
from pages.views.desk_second_factor import RemoveSecondFactorView

register_setting(SiteSettings, icon="site", order=10)
register_setting(RetentionPolicy, icon="calendar-check", order=20)


@hooks.register("on_serve_page")
def keep_public_pages(
    serve: Callable[..., HttpResponse],
) -> Callable[[BasePage, HttpRequest, list[Any], dict[str, Any]], HttpResponse]:
    """Whoever has no session sees of a page what all see; a restricted one says itself that none keeps it."""

    def served(page: BasePage, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse:
        mark_public(request)
        return serve(page, request, args, kwargs)

    return served


# The forms of pages that coordinators write; an activity's has its own, which does the same.
OrganisationPage.base_form_class = ContentPage.base_form_class = OwnThingsForm


@hooks.register("insert_global_admin_css")
def admin_palette() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("escale/css/admin.css"))


@hooks.register("insert_global_admin_js")
def start_widgets() -> SafeString:
    return format_html('<script src="{}"></script>', static("escale/admin-starts.js"))


@hooks.register("register_admin_viewset")
def register_organisations() -> OrganisationsAndPages:
    return organisation_viewset


@hooks.register("construct_page_chooser_queryset")
def link_to_own_pages(pages: QuerySet[BasePage], request: HttpRequest) -> QuerySet[BasePage]:
    if request.user.is_superuser:
        return pages
    return pages.filter(pk__in=choosable_pages(request.user).values("pk"))


@hooks.register("before_copy_page")
def one_page_per_organisation(request: HttpRequest, page: BasePage) -> HttpResponse | None:
    copied = page.get_descendants(inclusive=True).values("pk")
    if not OrganisationPage.objects.filter(pk__in=copied).exists():
        return None
    messages.error(request, "Une structure n’a qu’une page : elle ne se copie pas.")
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("construct_help_menu")
def no_foreign_help(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Wagtail's guide and its news are in English, and elsewhere."""
    menu_items[:] = []


@hooks.register("register_admin_urls")
def register_rights() -> list[URLPattern]:
    return [
        path("accords/", AgreementsView.as_view(), name="agreements"),
        path("effacement/", ErasureView.as_view(), name="erase_person"),
        path("deuxieme-facteur/<int:pk>/", RemoveSecondFactorView.as_view(), name="remove_second_factor"),
    ]


@hooks.register("register_admin_menu_item")
def agreements_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        "Accords", reverse("agreements"), name="accords", icon_name="tick-inverse", order=330
    )


@hooks.register("register_settings_menu_item")
def erasure_menu_item() -> MenuItem:
    return AdministratorsItem(
        "Effacer une personne", reverse("erase_person"), name="effacement", icon_name="bin", order=30
    )


class AdministratorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_user_listing_buttons")
def offer_to_remove_second_factor(user: User, request_user: User) -> list[Button]:
    url = reverse("remove_second_factor", args=[user.pk])
    own = user.pk == request_user.pk
    return [] if own else [Button("Retirer le deuxième facteur", url=url, icon_name="key", priority=60)]
