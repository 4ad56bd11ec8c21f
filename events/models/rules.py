"""Who may take a seat, and how people who wait come to one: the same rules for an activity and a session."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class AccessRules(models.Model):
    """A session follows its own; an activity holds those with which its next sessions begin.

    ``professions`` lists codes of ``members.professions``; empty, it reserves nothing.
    Hours of an offer are decent hours: see ``events.domain.offers``.
    """

    class Promotion(models.TextChoices):
        AUTOMATIC = "automatic", "Automatique : la première personne de la liste est confirmée"
        OFFER = "offer", "Sur proposition : elle répond dans un délai, sinon la suivante est sollicitée"

    approval = models.BooleanField(
        "sur validation", default=False, help_text="La coordination accepte ou refuse chaque demande."
    )
    professions = models.JSONField("professions admises", default=list, blank=True)
    overbooking_percent = models.PositiveSmallIntegerField(
        "surréservation, en %",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="Inscriptions acceptées au-delà des places, pour compenser les absences.",
    )
    waiting_list = models.BooleanField("liste d’attente", default=True)
    promotion = models.CharField(
        "place libérée", max_length=12, choices=Promotion, default=Promotion.AUTOMATIC
    )
    promotion_cutoff_hours = models.PositiveSmallIntegerField(
        "dernière promotion, en heures avant le début",
        default=0,
        validators=[MaxValueValidator(720)],
        help_text="Ensuite, la coordination choisit elle-même qui vient.",
    )
    offer_hours = models.PositiveSmallIntegerField(
        "délai de réponse à une proposition, en heures",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text="Comptées de 8 h à 20 h, hors dimanches et jours fériés.",
    )

    class Meta:
        abstract = True
