"""What was answered to the questions of a registration."""

from django.db import models

from events.models.question import Question
from events.models.registration import Registration


class Answer(models.Model):
    """Réponse to a registration question, with its label as it was asked.

    ``value`` is a text, a list of texts (several choices) or a boolean (checkbox, consent).
    """

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="answers", verbose_name="inscription"
    )
    question = models.ForeignKey(
        Question, models.SET_NULL, null=True, blank=True, related_name="answers", verbose_name="question"
    )
    label = models.CharField("question posée", max_length=240)
    kind = models.CharField("type", max_length=8, choices=Question.Kind)
    value = models.JSONField("réponse")
    is_need = models.BooleanField("à effacer après la session", default=False)

    class Meta:
        verbose_name = "réponse à l’inscription"
        verbose_name_plural = "réponses à l’inscription"
        ordering = ["pk"]
        indexes = [
            # What each night looks for: needs, which do not stay.
            models.Index(fields=["registration"], condition=models.Q(is_need=True), name="answer_need")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                name="answer_once",
                violation_error_message="Cette question a déjà sa réponse.",
            )
        ]

    def __str__(self) -> str:
        return f"Réponse {self.pk}"
