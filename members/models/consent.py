"""What a person agreed to besides registering."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models.organisation import Organisation


class Consent(models.Model):
    """Consentement: given to one organisation for one purpose, and taken back as easily.

    ``wording`` is the sentence that the person read; rows are kept as proof, so a purpose agreed to
    again is another row.
    """

    class Purpose(models.TextChoices):
        NEWS = "news", "Être informé·e des prochaines dates"
        PICTURES = "pictures", "Apparaître sur les photos des rencontres"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consents", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="consents", verbose_name="structure"
    )
    purpose = models.CharField("finalité", max_length=12, choices=Purpose)
    wording = models.CharField("phrase lue", max_length=300)
    given_at = models.DateTimeField("donné le")
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    class Meta:
        verbose_name = "consentement"
        verbose_name_plural = "consentements"
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_given_once",
                violation_error_message="Ce consentement est déjà donné.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after",
                violation_error_message="Le retrait précède le consentement.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.organisation.short_name}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None
