"""What is on offer: editorial pages, below their organisation's page."""

from typing import ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import StreamField
from wagtail.search import index

from common.models import BasePage
from events.blocks import BODY_COUNTS, body_blocks
from events.models.theme import Theme
from members.models import Organisation


class Hue(models.TextChoices):
    """Colours of the design tokens that an activity may take."""

    SEA = "sea", "Vert de mer"
    BUOY = "buoy", "Rouge balise"
    SUN = "sun", "Jaune soleil"
    INK = "ink", "Bleu nuit"


class ActivityPage(BasePage):
    """Dispositif: the common part of a Rencontre and a Formation; sessions point here.

    ``organisation`` repeats what the page tree says, because sessions, people and reports are
    scoped by it; the tree cannot move an activity below another organisation.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="activities", verbose_name="structure"
    )
    summary = models.CharField(
        "en une phrase", max_length=240, help_text="Ce que l’on y vit, sans jargon. 240 signes."
    )
    audience = models.CharField(
        "pour qui", max_length=160, default="Tous les professionnels de santé, adhérents ou non"
    )
    body = StreamField(body_blocks(), verbose_name="présentation", blank=True, block_counts=BODY_COUNTS)
    hue = models.CharField("couleur", max_length=8, choices=Hue, default=Hue.SEA)

    themes = ParentalManyToManyField(Theme, blank=True, related_name="activities", verbose_name="thèmes")
    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="image",
        help_text="Une seule, calme ; aussi montrée quand on partage la page.",
    )

    is_training: ClassVar[bool] = False
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["pages.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.FilterField("organisation"),
    ]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("audience", widget=AdminAutoHeightTextInput),
        FieldPanel("themes", widget=CheckboxSelectMultiple),
        FieldPanel("hue"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "dispositif"
        verbose_name_plural = "dispositifs"


class EventPage(ActivityPage):
    """Rencontre: a Café, an evening, a day, a colloque."""

    template = "events/activity_page.html"
    parent_page_types: ClassVar[list[str]] = ["pages.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "rencontre"
        verbose_name_plural = "rencontres"
