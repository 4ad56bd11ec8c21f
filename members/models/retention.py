"""How long each kind of data is kept."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.contrib.settings.models import BaseGenericSetting


def _period(label: str, *, default: int, least: int, most: int, why: str) -> models.PositiveSmallIntegerField:
    bounds = [MinValueValidator(least), MaxValueValidator(most)]
    help_text = f"{why} De {least} à {most}."
    return models.PositiveSmallIntegerField(label, default=default, validators=bounds, help_text=help_text)


class RetentionPolicy(BaseGenericSetting):
    """Durées de conservation: one row, edited by administrators within bounds.

    Defaults follow the minimisation that the RGPD asks for (article 5) and, for what proves a training,
    the three years from the end of the year during which it may be controlled.
    """

    needs_days = _period(
        "besoins (repas, accès), en jours",
        default=7,
        least=1,
        most=30,
        why="Après la fin de la session.",
    )
    waiting_months = _period(
        "demandes et listes d’attente sans suite, en mois",
        default=3,
        least=1,
        most=12,
        why="Après la fin de la session.",
    )
    invitation_months = _period(
        "invitations à donner son avis, en mois",
        default=6,
        least=1,
        most=12,
        why="Après la clôture du questionnaire.",
    )
    registration_years = _period(
        "inscriptions et présences, en années",
        default=3,
        least=1,
        most=6,
        why="Après l’année de la session ; ensuite, des totaux anonymes.",
    )
    certificate_years = _period(
        "attestations, en années",
        default=3,
        least=3,
        most=10,
        why="Après l’année de leur délivrance ; plus longtemps avec des fonds européens.",
    )
    message_months = _period(
        "messages envoyés, en mois", default=12, least=1, most=24, why="Après leur envoi."
    )
    account_years = _period(
        "comptes sans activité, en années",
        default=3,
        least=1,
        most=6,
        why="Après la dernière inscription ou connexion.",
    )
    journal_months = _period(
        "journal des actions, en mois", default=12, least=12, most=36, why="Après l’action."
    )

    class Meta:
        verbose_name = "durées de conservation"

    def __str__(self) -> str:
        return "Durées de conservation"

    def journal_place(self) -> tuple[None, None]:
        return None, None
