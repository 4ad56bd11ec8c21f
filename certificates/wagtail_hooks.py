"""What the certificates app adds to the Wagtail admin."""

from django.urls import URLPattern, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from certificates.admin import batches, documents, parts, wordings
from certificates.domain.sheet_words import sheet_words
from events.admin.menu import CoordinatorMenuItem

hooks.register("escale_session_parts", parts.of_session)
hooks.register("escale_registration_parts", parts.of_registration)
hooks.register("escale_sheet_words", sheet_words)


@hooks.register("register_admin_urls")
def register_issuing() -> list[URLPattern]:
    return [*batches.urlpatterns, *documents.urlpatterns, *wordings.urlpatterns]


@hooks.register("register_admin_menu_item")
def wordings_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        wordings.TITLE, reverse("document_wordings"), name="modeles", icon_name="doc-full", order=326
    )


@hooks.register("register_admin_menu_item")
def certificates_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        "Attestations", reverse("certificates_batches"), name="attestations", icon_name="doc-full", order=325
    )
