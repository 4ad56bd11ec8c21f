"""What is asked of those who came: written once, reused by many sessions."""

from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from common.versions import Versioned
from members.models import Organisation


class Questionnaire(ClusterableModel, Versioned):
    """Questionnaire of one organisation, chosen by an activity for one moment or several.

    A survey copies its questions when it opens: editing changes what is asked next, never what was.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="questionnaires", verbose_name="structure"
    )
    name = models.CharField("nom", max_length=120)

    class Meta:
        verbose_name = "questionnaire"
        verbose_name_plural = "questionnaires"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.organisation_id, None


class SurveyQuestion(models.Model):
    """One question. ``options`` and ``rows`` hold one choice, one line of a matrix, a line.

    ``key`` is what joins the answers of many sessions: it stays while the question means the same,
    and changes when its words, its kind or its choices do.
    """

    class Kind(models.TextChoices):
        SCORE = "score", "Note de 0 à 10"
        SCALE = "scale", "Échelle de 1 à 5"
        YES_NO = "yesno", "Oui ou non"
        CHOICE = "choice", "Un choix"
        MULTIPLE = "multiple", "Plusieurs choix"
        TEXT = "text", "Texte libre"
        MATRIX = "matrix", "Grille, de 1 à 5 par ligne"

    questionnaire = ParentalKey(Questionnaire, related_name="questions", verbose_name="questionnaire")
    sort_order = models.IntegerField(null=True, blank=True, editable=False)
    sort_order_field = "sort_order"
    key = models.CharField(max_length=40, editable=False)
    kind = models.CharField("type", max_length=8, choices=Kind, default=Kind.SCORE)
    label = models.CharField("question", max_length=240)
    help_text = models.CharField("précision", max_length=240, blank=True)
    options = models.TextField("choix possibles, un par ligne", blank=True)
    rows = models.TextField("lignes de la grille, une par ligne", blank=True)
    required = models.BooleanField("réponse obligatoire", default=False)

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.label
