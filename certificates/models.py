"""Numbered, verifiable, revocable records of facts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models import Registration


class Certificate(models.Model):
    """Attestation. ``facts`` is a snapshot: later changes elsewhere do not alter it.

    Keys of ``facts``: ``person`` (full name), ``person_short`` (first name and initial, all that the
    public page shows), ``profession``, ``organisation``, ``organisation_city``, ``signatory``,
    ``activity``, ``title``, ``place``, ``slots`` (list of ``{"starts_at", "ends_at", "minutes"}``
    attended, ISO 8601), ``minutes`` (their sum) and ``issued_on`` (ISO date).
    """

    class Kind(models.TextChoices):
        PRESENCE = "presence", "Attestation de présence"

    class Status(models.TextChoices):
        VALID = "valid", "Valable"
        REPLACED = "replaced", "Remplacée"
        REVOKED = "revoked", "Révoquée"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="certificates", verbose_name="inscription"
    )
    kind = models.CharField("nature", max_length=16, choices=Kind, default=Kind.PRESENCE)
    number = models.CharField("numéro", max_length=40, unique=True)
    status = models.CharField("état", max_length=8, choices=Status, default=Status.VALID)
    facts = models.JSONField("faits")
    issued_at = models.DateTimeField("délivrée le")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="délivrée par"
    )

    class Meta:
        verbose_name = "attestation"
        verbose_name_plural = "attestations"
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind"],
                condition=Q(status="valid"),
                name="certificate_valid_once",
                violation_error_message="Une attestation valable existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return self.number

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.registration.journal_place()
