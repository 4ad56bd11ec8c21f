"""What an activity's next sessions begin with; outside of page revisions, as all operational rows."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from common.versions import Versioned
from events.models.activity import ActivityPage
from events.models.question import QuestionSet
from events.models.questionnaire import Questionnaire
from events.models.rules import AccessRules


class ActivitySettings(AccessRules, Versioned):
    """Réglages d'un dispositif. ``season_limit`` holds for the activity itself, over a season."""

    activity = models.OneToOneField(
        ActivityPage, models.CASCADE, related_name="settings", verbose_name="dispositif"
    )
    members_first_days = models.PositiveSmallIntegerField(
        "adhérents d’abord, jusqu’à tant de jours avant le début",
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
    )
    season_limit = models.PositiveSmallIntegerField(
        "sessions par personne et par saison",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Une saison va du 1er septembre au 31 août. Vide : sans limite.",
    )
    question_set = models.ForeignKey(
        QuestionSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activity_settings",
        verbose_name="questions posées à l’inscription",
    )

    questionnaire_before = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_before",
        verbose_name="questionnaire d’avant",
        help_text="Une semaine avant, aux personnes confirmées. Vide : aucun.",
    )
    questionnaire_after = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_after",
        verbose_name="questionnaire à chaud",
        help_text="À la clôture, aux personnes venues. Vide : celui d’Escale.",
    )
    questionnaire_delayed = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_delayed",
        verbose_name="questionnaire à froid",
        help_text="Des semaines plus tard, aux personnes venues. Vide : aucun.",
    )
    delayed_weeks = models.PositiveSmallIntegerField(
        "semaines avant le questionnaire à froid",
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(52)],
    )

    class Meta:
        verbose_name = "réglages d’un dispositif"
        verbose_name_plural = "réglages des dispositifs"

    def __str__(self) -> str:
        return f"Réglages · {self.activity_id}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.activity.organisation_id, None
