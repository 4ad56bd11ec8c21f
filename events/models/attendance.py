"""Who came, slot by slot, and the sheets that settle it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.registration import Registration
from events.models.session import SessionRole, Slot


class Attendance(models.Model):
    """Présence, per registration and slot.

    ``minutes`` is what was attended of the slot; None: all of it for whoever came, nothing for the others.
    """

    class State(models.TextChoices):
        PRESENT = "present", "Présent·e"
        LATE = "late", "En retard"
        LEFT = "left", "Parti·e avant la fin"
        EXCUSED = "excused", "Excusé·e"
        ABSENT = "absent", "Absent·e"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="attendances", verbose_name="inscription"
    )
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="attendances", verbose_name="créneau")
    state = models.CharField("présence", max_length=8, choices=State)
    minutes = models.PositiveSmallIntegerField("minutes de présence", null=True, blank=True)
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


# States of somebody who was there, if only for a part.
CAME = (Attendance.State.PRESENT, Attendance.State.LATE, Attendance.State.LEFT)


class AttendanceSheet(models.Model):
    """Feuille d'émargement, closed: one row per version, never changed once written.

    A slot without a row is still open. ``content`` is what was settled, a list of
    ``{"registration": id, "state": "present"}`` in order of ``registration``, with ``"minutes"`` where
    somebody attended a part only and ``"signature"``, the digest of theirs, where they signed;
    ``content_hash`` is the SHA-256 of its canonical JSON. ``source`` is ``"sheet"`` or ``"import"``.
    A version above 1 corrects the one before; ``reason`` says why.
    """

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="sheets", verbose_name="créneau")
    version = models.PositiveIntegerField("version", default=1)
    source = models.CharField(max_length=8, default="sheet")
    closed_at = models.DateTimeField("clos le")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="clos par"
    )
    reason = models.CharField("motif de la correction", max_length=240, blank=True)
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


class Signature(models.Model):
    """A signature by hand on a screen: of somebody who came, or of who leads and countersigns a sheet.

    ``strokes`` holds the lines as ``[[x, y, x, y, …], …]`` in thousandths of the frame's width, nothing
    once the person is erased; ``digest`` is the SHA-256 of what they were, which the sheet holds.
    """

    class Way(models.TextChoices):
        SCREEN = "screen", "Sur l’écran de la personne qui anime"
        QR = "qr", "Sur le téléphone de la personne"

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="signatures", verbose_name="créneau")
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    sheet = models.ForeignKey(
        AttendanceSheet, models.PROTECT, null=True, blank=True, related_name="countersignatures"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="countersignatures"
    )
    way = models.CharField("façon", max_length=8, choices=Way, default=Way.SCREEN)
    strokes = models.JSONField("tracé", default=list)
    digest = models.CharField("empreinte", max_length=64)
    signed_at = models.DateTimeField("signé le")

    class Meta:
        verbose_name = "signature"
        verbose_name_plural = "signatures"
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "registration"],
                name="signature_once",
                violation_error_message="Cette personne a déjà signé pour ce créneau.",
            ),
            models.UniqueConstraint(
                fields=["sheet", "user"],
                name="countersignature_once",
                violation_error_message="Cette feuille est déjà contresignée.",
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=False, sheet__isnull=True, user__isnull=True)
                | Q(registration__isnull=True, sheet__isnull=False, user__isnull=False),
                name="signature_of_one",
                violation_error_message="Une signature est celle d’une personne venue, ou de qui anime.",
            ),
        ]

    def __str__(self) -> str:
        return f"Signature {self.pk}"


class AttendeeLink(models.Model):
    """A link that shows a session's attendees to who leads it, without an account.

    It ends at ``expires_at``, when it is revoked, and when the role ends (the row goes with it).
    Raising ``version`` makes an older address void.
    """

    role = models.ForeignKey(
        SessionRole, models.CASCADE, related_name="attendee_links", verbose_name="personne"
    )
    created_at = models.DateTimeField("créé le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="créé par"
    )
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "lien vers les participants"
        verbose_name_plural = "liens vers les participants"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Lien {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.role.session.journal_place()
