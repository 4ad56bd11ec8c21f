"""What an organisation has said to people: written once as a rule, or once to a selection."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from common.versions import Versioned
from events.models.activity import ActivityPage
from events.models.session import Session
from members.models import Organisation


class MessageRule(Versioned):
    """Message programmé. Without ``activity``, for every activity of the organisation.

    One with ``adjusts`` replaces that rule for its activity; inactive, it silences it there.
    It never speaks of a moment that was over at ``active_since``.
    """

    class Moment(models.TextChoices):
        REGISTRATION = "registration", "À l’inscription"
        BEFORE = "before", "Avant un créneau"
        AFTER = "after", "Après un créneau"

    class Audience(models.TextChoices):
        CONFIRMED = "confirmed", "Personnes confirmées"
        WAITING = "waiting", "Personnes en attente"
        PRESENT = "present", "Personnes présentes"
        ABSENT = "absent", "Personnes absentes"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="message_rules", verbose_name="structure"
    )
    activity = models.ForeignKey(
        ActivityPage,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="message_rules",
        verbose_name="dispositif",
    )
    adjusts = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="adjustments", verbose_name="adapte"
    )
    name = models.CharField("nom", max_length=80)
    moment = models.CharField("moment", max_length=12, choices=Moment, default=Moment.BEFORE)
    days = models.PositiveSmallIntegerField("nombre de jours", default=2, validators=[MaxValueValidator(365)])
    audience = models.CharField("pour", max_length=12, choices=Audience, default=Audience.CONFIRMED)
    subject = models.CharField("objet", max_length=160)
    body = models.TextField("texte", max_length=5000)
    active = models.BooleanField("actif", default=True)
    active_since = models.DateTimeField("actif depuis", editable=False)

    class Meta:
        verbose_name = "message programmé"
        verbose_name_plural = "messages programmés"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["adjusts", "activity"],
                name="message_rule_adjusted_once",
                violation_error_message="Ce message est déjà adapté pour ce dispositif.",
            ),
            models.CheckConstraint(
                condition=Q(adjusts__isnull=True) | Q(activity__isnull=False),
                name="message_rule_adjusts_for_an_activity",
                violation_error_message="Choisissez le dispositif pour lequel le message est adapté.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None


class Mailing(models.Model):
    """A one-off message that a coordinator wrote to some people of a session."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="mailings", verbose_name="structure"
    )
    session = models.ForeignKey(Session, models.PROTECT, related_name="mailings", verbose_name="session")
    subject = models.CharField("objet", max_length=160)
    body = models.TextField("texte", max_length=5000)
    recipients = models.PositiveIntegerField("destinataires", default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="écrit par"
    )
    created_at = models.DateTimeField("écrit le")

    class Meta:
        verbose_name = "message à une sélection"
        verbose_name_plural = "messages à une sélection"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, self.session_id
