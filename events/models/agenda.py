"""What happens within a session, and what is handed out."""

from django.db import models
from django.db.models import F, Q

from events.models.session import Session, SessionRole


class AgendaItem(models.Model):
    """Temps du programme: a talk, a workshop, a break, with its own hours and speakers."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="agenda", verbose_name="session")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin", null=True, blank=True)
    title = models.CharField("intitulé", max_length=160)
    description = models.TextField("en quelques mots", blank=True)
    room = models.CharField("salle", max_length=80, blank=True)
    roles = models.ManyToManyField(SessionRole, blank=True, related_name="agenda", verbose_name="avec")

    class Meta:
        verbose_name = "temps du programme"
        verbose_name_plural = "programme"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="agenda_ends_after_start",
                violation_error_message="La fin précède le début.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.session.journal_place()


class SessionDocument(models.Model):
    """Document joint: shown on the session's page, to everybody."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="documents", verbose_name="session")
    document = models.ForeignKey(
        "wagtaildocs.Document", models.PROTECT, related_name="+", verbose_name="document"
    )
    title = models.CharField("titre affiché", max_length=120, blank=True)

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "document"],
                name="session_document_once",
                violation_error_message="Ce document est déjà joint.",
            )
        ]

    def __str__(self) -> str:
        return self.title or f"Document {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.session.journal_place()
