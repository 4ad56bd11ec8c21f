"""What a registration asks besides the person."""

from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from common.versions import Versioned
from members.models import Organisation


class QuestionSet(ClusterableModel, Versioned):
    """Jeu de questions of one organisation, chosen by an activity or a session."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="question_sets", verbose_name="structure"
    )
    name = models.CharField("nom", max_length=120)

    class Meta:
        verbose_name = "jeu de questions"
        verbose_name_plural = "jeux de questions"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None


class Question(models.Model):
    """One question. ``options`` holds one choice a line.

    ``shown_if_number`` is the rank, from 1, of an earlier question whose answer must be (or hold)
    ``shown_if_answer`` for this one to be asked. ``is_need`` marks dietary and access needs, erased
    a week after the session.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Texte"
        CHOICE = "choice", "Un choix"
        MULTIPLE = "multiple", "Plusieurs choix"
        CHECKBOX = "checkbox", "Case à cocher"
        CONSENT = "consent", "Consentement"

    question_set = ParentalKey(QuestionSet, related_name="questions", verbose_name="jeu de questions")
    sort_order = models.IntegerField(null=True, blank=True, editable=False)
    sort_order_field = "sort_order"
    kind = models.CharField("type", max_length=8, choices=Kind, default=Kind.TEXT)
    label = models.CharField("question", max_length=240)
    help_text = models.CharField("précision", max_length=240, blank=True)
    options = models.TextField("choix possibles, un par ligne", blank=True)
    required = models.BooleanField("réponse obligatoire", default=False)
    is_need = models.BooleanField(
        "besoin alimentaire ou d’accès",
        default=False,
        help_text="La réponse est effacée une semaine après la session.",
    )
    shown_if_number = models.PositiveSmallIntegerField("seulement si la question n°", null=True, blank=True)
    shown_if_answer = models.CharField("a pour réponse", max_length=240, blank=True)

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.label
