"""Home, organisation and content pages."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.contrib.settings.models import BaseGenericSetting
from wagtail.fields import StreamField
from wagtail.search import index

from common.blocks import FigureBlock
from common.models import BasePage
from common.visibility import open_to_all
from events.access import published_sessions
from events.blocks import BODY_COUNTS, body_blocks
from events.domain.cards import cards
from events.models import ActivityPage, Theme
from members.models import Organisation

# A front page is read, not searched: the calendar holds the rest.
MOST_ACTIVITIES = 9
MOST_ORGANISATIONS = 18
MOST_THEMES = 8


def live_activities() -> QuerySet[ActivityPage]:
    """What is on offer, in the order of the page tree."""
    return open_to_all(ActivityPage.objects.select_related("organisation")).order_by("path")


def live_organisations() -> "QuerySet[OrganisationPage]":
    """Who publishes, in the order of the page tree."""
    return open_to_all(OrganisationPage.objects.select_related("organisation")).order_by("path")


class HomePage(BasePage):
    """The front door: what Escale is, the next sessions, who publishes, the help line."""

    promise = models.CharField("promesse", max_length=120, default="Faire escale, pour repartir soigner.")
    intro = models.CharField("en deux phrases", max_length=300, blank=True)
    figures = StreamField([("figure", FigureBlock())], verbose_name="chiffres", blank=True)
    figures_source = models.CharField("source et date des chiffres", max_length=200, blank=True)

    max_count = 1
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("promise"),
        FieldPanel("intro", widget=AdminAutoHeightTextInput),
        FieldPanel("figures"),
        FieldPanel("figures_source", widget=AdminAutoHeightTextInput),
    ]

    class Meta:
        verbose_name = "accueil"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["sessions"] = cards(published_sessions().upcoming().values_list("pk", flat=True)[:6])
        context["activities"] = live_activities()[:MOST_ACTIVITIES]
        context["organisations"] = live_organisations()[:MOST_ORGANISATIONS]
        context["themes"] = Theme.objects.filter(activities__in=live_activities()).distinct()[:MOST_THEMES]
        return context


class OrganisationPage(BasePage):
    """An organisation's own page; its activities live below it."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="page", verbose_name="structure"
    )
    summary = models.CharField("en une phrase", max_length=240)
    body = StreamField(body_blocks(), verbose_name="présentation", blank=True, block_counts=BODY_COUNTS)
    figures = StreamField([("figure", FigureBlock())], verbose_name="chiffres", blank=True)
    figures_source = models.CharField("source et date des chiffres", max_length=200, blank=True)
    website = models.URLField("site internet", blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="logo",
    )

    search_fields = [*BasePage.search_fields, index.SearchField("summary"), index.SearchField("body")]

    is_creatable = False  # opened with its organisation: see pages.domain.site_pages
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage", "pages.OrganisationPage"]
    content_panels = [
        *BasePage.content_panels,
        # Whose page it is decides whose activities are created below it: for administrators only.
        FieldPanel("organisation", permission="members.change_organisation"),
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("body"),
        FieldPanel("figures"),
        FieldPanel("figures_source", widget=AdminAutoHeightTextInput),
        FieldPanel("website"),
        FieldPanel("logo"),
    ]

    class Meta:
        verbose_name = "page de structure"
        verbose_name_plural = "pages de structure"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        own = {"activity__organisation": self.organisation_id}
        context["sessions"] = published_sessions().filter(**own).upcoming()[:6]
        own_pages = live_activities().filter(organisation=self.organisation_id)
        context["activities"] = own_pages[:MOST_ORGANISATIONS]
        below = live_organisations().filter(path__startswith=self.path, depth=self.depth + 1)
        context["branches"] = below[:MOST_ORGANISATIONS]
        context["parent"] = self.get_parent()
        return context


class SiteSettings(BaseGenericSetting):
    """Réglages du site: what the platform says of itself on every page."""

    class Accessibility(models.TextChoices):
        """The three words that RGAA 4.1 (article 47 of law 2005-102) knows; without an audit, the first."""

        NONE = "none", "non conforme"
        PARTIAL = "partial", "partiellement conforme"
        FULL = "full", "totalement conforme"

    accessibility = models.CharField(
        "état d’accessibilité",
        max_length=8,
        choices=Accessibility,
        default=Accessibility.NONE,
        help_text="Dit en bas de chaque page. Sans audit, la loi demande « non conforme ».",
    )
    audited_on = models.DateField(
        "date de l’audit",
        null=True,
        blank=True,
        help_text="Vide : la déclaration dit qu’aucun audit n’a encore eu lieu.",
    )
    contact_email = models.EmailField(
        "adresse de contact", blank=True, help_text="Pour l’accessibilité et les données personnelles."
    )

    class Meta:
        verbose_name = "réglages du site"

    def __str__(self) -> str:
        return "Réglages du site"

    def journal_place(self) -> tuple[None, None]:
        return None, None


class ContentPage(BasePage):
    """A plain page: help, legal notice, privacy, accessibility."""

    intro = models.CharField("en une phrase", max_length=240, blank=True)
    body = StreamField(body_blocks(), verbose_name="texte", blank=True, block_counts=BODY_COUNTS)

    search_fields = [*BasePage.search_fields, index.SearchField("intro"), index.SearchField("body")]

    subpage_types: ClassVar[list[str]] = ["pages.ContentPage"]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("intro", widget=AdminAutoHeightTextInput),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "page de texte"
        verbose_name_plural = "pages de texte"
