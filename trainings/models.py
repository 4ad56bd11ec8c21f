"""What a training adds to an activity."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from common.versions import Versioned
from events.models import ActivityPage, Registration


class TrainingPage(ActivityPage):
    """Formation: an activity with objectives, prerequisites and hours."""

    objectives = models.TextField("objectifs", blank=True, help_text="Un objectif par ligne.")
    prerequisites = models.CharField("prérequis", max_length=240, blank=True, default="Aucun")
    methods = models.TextField("méthodes", blank=True)
    hours = models.DecimalField("durée en heures", max_digits=5, decimal_places=1, null=True, blank=True)
    trainers = models.TextField(
        "qui forme", blank=True, help_text="Une personne ou une équipe par ligne, avec sa qualité."
    )
    accessibility_contact = models.CharField(
        "contact accessibilité",
        max_length=240,
        blank=True,
        help_text="À qui parler d’un besoin d’adaptation : un service, une adresse.",
    )

    is_training: ClassVar[bool] = True
    template = "trainings/training_page.html"
    parent_page_types: ClassVar[list[str]] = ["pages.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields: ClassVar[list[index.BaseField]] = [
        *ActivityPage.search_fields,
        index.SearchField("objectives"),
        index.SearchField("methods"),
        index.SearchField("trainers"),
        index.RelatedFields("modules", [index.SearchField("title"), index.SearchField("content")]),
    ]
    content_panels = [
        *ActivityPage.content_panels,
        FieldPanel("objectives"),
        FieldPanel("prerequisites"),
        FieldPanel("methods"),
        FieldPanel("hours"),
        InlinePanel("modules", heading="Modules", label="Module"),
        FieldPanel("trainers"),
        FieldPanel("accessibility_contact"),
    ]

    class Meta:
        verbose_name = "formation"
        verbose_name_plural = "formations"

    @property
    def objective_list(self) -> list[str]:
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]

    @property
    def trainer_lines(self) -> list[str]:
        return [line.strip() for line in self.trainers.splitlines() if line.strip()]

    @property
    def trainer_list(self) -> list[tuple[str, str]]:
        """Name and quality, as « Hélène Marais, psychologue » says them."""
        lines = (line.partition(",") for line in self.trainer_lines)
        return [(name.strip(), rest.strip()) for name, _, rest in lines]


class TrainingModule(Orderable):
    """A part of a training, as its page presents it."""

    page = ParentalKey(TrainingPage, related_name="modules", verbose_name="formation")
    title = models.CharField("titre", max_length=160)
    content = models.TextField("contenu", blank=True)
    hours = models.DecimalField("durée en heures", max_digits=5, decimal_places=1, null=True, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "module"
        verbose_name_plural = "modules"

    def __str__(self) -> str:
        return self.title


class TrainingSettings(Versioned):
    """What completes a training, and what its documents say; outside of page revisions.

    ``required`` counts minutes or slots, as ``measure`` says; None: everything that was planned.
    ``dpc_number`` is the action number that the organisation entered; without it no document says « DPC ».
    """

    class Measure(models.TextChoices):
        SLOTS = "slots", "Créneaux suivis"
        MINUTES = "minutes", "Durée suivie"

    class Nature(models.TextChoices):
        """Code du travail, article L. 6313-1."""

        TRAINING = "formation", "Action de formation"
        ASSESSMENT = "bilan", "Bilan de compétences"
        VALIDATION = "vae", "Action de validation des acquis de l’expérience"
        APPRENTICESHIP = "apprentissage", "Action de formation par apprentissage"

    activity = models.OneToOneField(
        TrainingPage, models.CASCADE, related_name="training_settings", verbose_name="formation"
    )
    measure = models.CharField("achèvement selon", max_length=8, choices=Measure, default=Measure.SLOTS)
    required = models.PositiveSmallIntegerField(
        "minimum à suivre",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="En créneaux ou en minutes. Vide : tout ce qui est prévu.",
    )
    evaluation_required = models.BooleanField("évaluation des acquis exigée", default=False)
    names_referent = models.BooleanField(
        "donne le rôle de référent·e santé des soignants dans sa CPTS", default=False
    )
    nature = models.CharField("nature de l’action", max_length=16, choices=Nature, default=Nature.TRAINING)
    dpc_number = models.CharField("numéro d’action de DPC", max_length=40, blank=True)

    class Meta:
        verbose_name = "réglages d’une formation"
        verbose_name_plural = "réglages des formations"

    def __str__(self) -> str:
        return f"Réglages · {self.activity_id}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.activity.organisation_id, None


class Assessment(models.Model):
    """What somebody has acquired, objective by objective, as who trains says; ``objective`` is a copy."""

    class Level(models.TextChoices):
        ACQUIRED = "acquired", "Acquis"
        PARTLY = "partly", "En cours d’acquisition"
        NOT_YET = "not_yet", "Non acquis"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="assessments", verbose_name="inscription"
    )
    objective = models.CharField("objectif", max_length=400)
    level = models.CharField("niveau", max_length=8, choices=Level)
    assessed_at = models.DateTimeField("évalué le")
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="évalué par"
    )

    class Meta:
        verbose_name = "évaluation d’un objectif"
        verbose_name_plural = "évaluations des objectifs"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "objective"],
                name="assessment_once",
                violation_error_message="Cet objectif est déjà évalué.",
            )
        ]

    def __str__(self) -> str:
        return f"Évaluation {self.pk}"


class Completion(models.Model):
    """Somebody has completed a training: the rule of that day held on closed attendance.

    The row goes when a correction takes that away. ``rule`` is a copy of what was asked.
    """

    registration = models.OneToOneField(
        Registration, models.PROTECT, related_name="completion", verbose_name="inscription"
    )
    completed_at = models.DateTimeField("achevée le")
    minutes = models.PositiveIntegerField("durée suivie, en minutes")
    slots = models.PositiveSmallIntegerField("créneaux suivis")
    rule = models.JSONField("règle appliquée")

    class Meta:
        verbose_name = "formation achevée"
        verbose_name_plural = "formations achevées"
        ordering = ["-completed_at", "-pk"]

    def __str__(self) -> str:
        return f"Formation achevée {self.pk}"

    def journal_place(self) -> tuple[int | None, int | None]:
        return self.registration.journal_place()
