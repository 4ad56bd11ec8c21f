"""The outbox: what was or will be sent, to whom, why."""

from django.db import models
from django.db.models import Q

from events.models.messaging import Mailing, MessageRule
from events.models.registration import Registration
from events.models.session import Session, Slot
from members.models import Organisation

# How the kinds of invitations and reminders to answer a survey begin. Who is reminded has not answered: staff
# are told how many left, not to whom.
SURVEY_KINDS = "survey"
# Said word for word as the index ``message_unsent`` says it.
UNSENT = ~Q(state="sent")


class Message(models.Model):
    """One mail, written in the transaction that owes it and sent by the worker.

    ``key`` is unique: what is owed once is queued once, however often it is asked for.
    ``locked_until`` frees a message whose worker died. ``rule`` and ``slot`` say for what a programmed
    message was written, so that one that no longer applies is dropped.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "À envoyer"
        SENDING = "sending", "En cours"
        SENT = "sent", "Envoyé"
        FAILED = "failed", "En échec"
        DROPPED = "dropped", "Devenu sans objet"

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField("nature", max_length=32)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="structure"
    )
    registration = models.ForeignKey(
        Registration,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="inscription",
    )
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="session"
    )
    rule = models.ForeignKey(
        MessageRule,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="message programmé",
    )
    slot = models.ForeignKey(
        Slot, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="créneau"
    )
    mailing = models.ForeignKey(
        Mailing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name="envoyé avec",
    )
    recipient = models.EmailField("destinataire")
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    calendar = models.TextField("invitation", blank=True)
    calendar_method = models.CharField(max_length=8, blank=True)
    state = models.CharField("état", max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai")
    locked_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField("dernière erreur", max_length=240, blank=True)
    created_at = models.DateTimeField("écrit le")
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        ordering = ["-created_at", "-pk"]
        indexes = [
            # Years of what was sent weigh nothing: SQLite sees it when the question says ``UNSENT`` too.
            models.Index(fields=["state", "next_try_at"], condition=UNSENT, name="message_unsent"),
            models.Index(fields=["created_at", "id"], name="message_latest"),
            models.Index(fields=["recipient"], name="message_recipient"),
            models.Index(
                fields=["registration"], condition=Q(kind="survey_reminder"), name="message_survey_reminder"
            ),
            models.Index(
                fields=["created_at"], condition=Q(kind="erased") & ~Q(recipient=""), name="message_farewell"
            ),
            models.Index(fields=["organisation", "-created_at", "-id"], name="message_log"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, self.session_id
