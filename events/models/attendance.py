"""Who came, slot by slot, and the sheets that settle it."""

from django.conf import settings
from django.db import models

from events.models.registration import Registration
from events.models.session import Slot


class Attendance(models.Model):
    """Présence, per registration and slot."""

    class State(models.TextChoices):
        PRESENT = "present", "Présent·e"
        LATE = "late", "En retard"
        EXCUSED = "excused", "Excusé·e"
        ABSENT = "absent", "Absent·e"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="attendances", verbose_name="inscription"
    )
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="attendances", verbose_name="créneau")
    state = models.CharField("présence", max_length=8, choices=State)
    marked_at = models.DateTimeField("noté le")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="noté par"
    )

    class Meta:
        verbose_name = "présence"
        verbose_name_plural = "présences"
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "slot"],
                name="attendance_once",
                violation_error_message="La présence est déjà notée pour ce créneau.",
            )
        ]

    def __str__(self) -> str:
        return f"Présence {self.pk}"


class AttendanceSheet(models.Model):
    """Feuille d'émargement, closed: one row per version, never changed once written.

    A slot without a row is still open. ``content`` is what was settled, a list of
    ``{"registration": id, "state": "present"}`` in order of ``registration``; ``content_hash`` is the
    SHA-256 of its canonical JSON. ``source`` is ``"sheet"`` or ``"import"``.
    """

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="sheets", verbose_name="créneau")
    version = models.PositiveIntegerField("version", default=1)
    source = models.CharField(max_length=8, default="sheet")
    closed_at = models.DateTimeField("clos le")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="clos par"
    )
    content = models.JSONField("contenu")
    content_hash = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "feuille d’émargement"
        verbose_name_plural = "feuilles d’émargement"
        ordering = ["slot", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "version"],
                name="sheet_version_once",
                violation_error_message="Cette feuille vient d’être close.",
            )
        ]

    def __str__(self) -> str:
        return f"Feuille {self.slot_id} v{self.version}"
