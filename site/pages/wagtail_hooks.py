"""The look of the Wagtail admin, and what it may not do to the pages of organisations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin import messages

from common.models import BasePage
from pages.admin import OrganisationsAndPages, organisation_viewset
from pages.models import OrganisationPage


@hooks.register("insert_global_admin_css")
def admin_palette() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("escale/css/admin.css"))


@hooks.register("register_admin_viewset")
def register_organisations() -> OrganisationsAndPages:
    return organisation_viewset


@hooks.register("before_create_page")
def administrators_open_organisations(
    request: HttpRequest, parent_page: BasePage, page_class: type[BasePage]
) -> HttpResponse | None:
    """A coordinator speaks for their own organisation, whose page exists already."""
    if not issubclass(page_class, OrganisationPage) or request.user.is_superuser:
        return None
    messages.error(request, "Seule l’administration de la plateforme ouvre la page d’une structure.")
    return redirect("wagtailadmin_explore", parent_page.pk)


@hooks.register("before_copy_page")
def one_page_per_organisation(request: HttpRequest, page: BasePage) -> HttpResponse | None:
    copied = page.get_descendants(inclusive=True).values("pk")
    if not OrganisationPage.objects.filter(pk__in=copied).exists():
        return None
    messages.error(request, "Une structure n’a qu’une page : elle ne se copie pas.")
    return redirect("wagtailadmin_explore", page.get_parent().pk)
