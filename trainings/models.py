"""What a training adds to an activity."""

from typing import ClassVar

from django.db import models
from wagtail.admin.panels import FieldPanel

from events.models import ActivityPage


class TrainingPage(ActivityPage):
    """Formation: an activity with objectives, prerequisites and hours."""

    objectives = models.TextField("objectifs", blank=True, help_text="Un objectif par ligne.")
    prerequisites = models.CharField("prérequis", max_length=240, blank=True, default="Aucun")
    methods = models.TextField("méthodes", blank=True)
    hours = models.DecimalField("durée en heures", max_digits=5, decimal_places=1, null=True, blank=True)

    is_training: ClassVar[bool] = True
    template = "trainings/training_page.html"
    parent_page_types: ClassVar[list[str]] = ["pages.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [
        *ActivityPage.content_panels,
        FieldPanel("objectives"),
        FieldPanel("prerequisites"),
        FieldPanel("methods"),
        FieldPanel("hours"),
    ]

    class Meta:
        verbose_name = "formation"
        verbose_name_plural = "formations"

    @property
    def objective_list(self) -> list[str]:
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]
