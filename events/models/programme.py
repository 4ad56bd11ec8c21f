"""Activities that are reported on together."""

from django.db import models

from common.versions import Versioned
from events.models.activity import ActivityPage
from members.models import Organisation


class Programme(Versioned):
    """Programme d'actions of one organisation."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="programmes", verbose_name="structure"
    )
    name = models.CharField("nom", max_length=120)
    activities = models.ManyToManyField(ActivityPage, related_name="programmes", verbose_name="dispositifs")

    class Meta:
        verbose_name = "programme"
        verbose_name_plural = "programmes"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="programme_name_once",
                violation_error_message="Un programme de la structure porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None
