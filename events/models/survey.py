"""Satisfaction: who may answer and what was answered, with nothing that joins the two."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from events.models.questionnaire import Questionnaire
from events.models.registration import Registration
from events.models.session import Session

SCALE = [(1, "Pas du tout"), (2, "Plutôt non"), (3, "Moyennement"), (4, "Plutôt oui"), (5, "Tout à fait")]


class Survey(models.Model):
    """What one session asks at one ``moment``; open until ``closes_at``.

    ``questions`` is a copy of the questionnaire as it was when the survey opened, in order: a list of
    ``{"key", "kind", "label", "help", "options", "rows", "required"}``; ``questionnaire`` None stands for
    the one that comes with Escale. Answers stay sealed (``SealedResponse``) until ``unsealed_at``.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", "Avant"
        AFTER = "after", "À chaud"
        DELAYED = "delayed", "À froid"

    session = models.ForeignKey(Session, models.PROTECT, related_name="surveys", verbose_name="session")
    moment = models.CharField("moment", max_length=8, choices=Moment, default=Moment.AFTER)
    questionnaire = models.ForeignKey(
        Questionnaire, models.SET_NULL, null=True, blank=True, related_name="surveys"
    )
    questions = models.JSONField("questions posées", default=list)
    opened_at = models.DateTimeField("ouvert le")
    closes_at = models.DateTimeField("ferme le")
    unsealed_at = models.DateTimeField("dépouillé le", null=True, blank=True)
    seal = models.CharField("sel du scellement", max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "avis d’une session"
        verbose_name_plural = "avis des sessions"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "moment"],
                name="survey_once_a_moment",
                violation_error_message="Ce questionnaire est déjà ouvert.",
            )
        ]

    def __str__(self) -> str:
        return f"Questionnaire {self.pk}"


class SurveyInvitation(models.Model):
    """The right to answer once; knows that it was used, not when nor for what.

    When the survey is opened, ``answered`` becomes true of everybody: who had answered is forgotten.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="survey_invitations")
    answered = models.BooleanField("a répondu", default=False)

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "registration"],
                name="survey_invitation_once",
                violation_error_message="Cette personne est déjà invitée à répondre.",
            )
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class SurveyResponse(models.Model):
    """An answer, once its survey is over. No time, no order, no key towards a person.

    The answers to each question were dealt anew over the rows: a row is not what one person said.

    ``score`` is the answer to the first 0–10 question, which reports average; ``answers`` holds the
    others by the key of their question, free texts excepted (``SurveyText``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    score = models.PositiveSmallIntegerField(
        "note", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    answers = models.JSONField("réponses", default=dict, blank=True)
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


class SealedResponse(models.Model):
    """An answer that nobody can read yet: see ``events.domain.survey``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sealed")
    sealed = models.TextField()

    class Meta:
        verbose_name = "réponse scellée"
        verbose_name_plural = "réponses scellées"

    def __str__(self) -> str:
        return "Réponse scellée"


class SurveyText(models.Model):
    """A free text, apart from the marks given with it; ``hidden`` because it names somebody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="texts")
    key = models.CharField("question", max_length=40)
    text = models.TextField("texte")
    hidden = models.BooleanField("masqué", default=False)

    class Meta:
        verbose_name = "texte libre"
        verbose_name_plural = "textes libres"

    def __str__(self) -> str:
        return "Texte anonyme"
