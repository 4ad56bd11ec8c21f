"""What the certificates app adds to the Wagtail admin."""

from collections.abc import Iterator

from django.urls import URLPattern, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from certificates.admin import batches, convocation, documents, parts, wordings
from certificates.domain.convocation import personal_link
from certificates.domain.issuing import follow_correction
from certificates.domain.sheet_words import sheet_words
from events.admin.menu import CoordinatorMenuItem
from events.domain.led import LedLink
from events.models import Session
from trainings.domain.assessing import assessing_obstacle
from trainings.models import TrainingPage

hooks.register("escale_imported_again", follow_correction)
hooks.register("escale_session_parts", parts.of_session)
hooks.register("escale_registration_parts", parts.of_registration)
hooks.register("escale_sheet_words", sheet_words)
hooks.register("escale_personal_links", personal_link)


@hooks.register("escale_led_links")
def assessment_link(session: Session) -> Iterator[LedLink]:
    """For who trains: what each person has acquired."""
    if session.activity.specific_class is TrainingPage and session.status == Session.Status.PUBLISHED:
        reason = assessing_obstacle(session)
        yield LedLink(
            "Évaluation des acquis", reverse("certificates:assessment", args=[session.pk]), note=reason
        )


@hooks.register("register_admin_urls")
def register_issuing() -> list[URLPattern]:
    return [*batches.urlpatterns, *convocation.urlpatterns, *documents.urlpatterns, *wordings.urlpatterns]


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
