"""Satisfaction: who may answer and what was answered, with nothing that joins the two."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from events.models.registration import Registration
from events.models.session import Session

SCALE = [(1, "Pas du tout"), (2, "Plutôt non"), (3, "Moyennement"), (4, "Plutôt oui"), (5, "Tout à fait")]


class Survey(models.Model):
    """Questionnaire of one session; open until ``closes_at``."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="survey", verbose_name="session")
    opened_at = models.DateTimeField("ouvert le")
    closes_at = models.DateTimeField("ferme le")

    class Meta:
        verbose_name = "questionnaire"
        verbose_name_plural = "questionnaires"

    def __str__(self) -> str:
        return f"Questionnaire {self.pk}"


class SurveyInvitation(models.Model):
    """The right to answer once; knows that it was used, not when nor for what."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="survey_invitation")
    answered = models.BooleanField("a répondu", default=False)

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class SurveyResponse(models.Model):
    """An answer. No time, no order, no key towards a person: see ``events.domain.survey``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    score = models.PositiveSmallIntegerField("note", validators=[MinValueValidator(0), MaxValueValidator(10)])
    useful = models.PositiveSmallIntegerField("utile pour ma pratique", choices=SCALE, null=True, blank=True)
    welcome = models.PositiveSmallIntegerField(
        "accueil et organisation", choices=SCALE, null=True, blank=True
    )
    comment = models.TextField("commentaire", blank=True)
    imported = models.BooleanField(default=False)

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=10),
                name="response_score_0_to_10",
                violation_error_message="La note va de 0 à 10.",
            )
        ]

    def __str__(self) -> str:
        return "Réponse anonyme"
