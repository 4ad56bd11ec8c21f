"""The rule of completion as a sentence: what it asks of anybody, what somebody lacks."""

from collections.abc import Sequence

from common import moments
from events.models import Slot
from trainings.domain.completion import Measure, asked
from trainings.models import TrainingSettings


def amount(settings: TrainingSettings, value: int) -> str:
    """« 3 créneaux », « 10 h 30 »."""
    if settings.measure == Measure.MINUTES:
        return moments.duration(value)
    return f"{value}\N{NO-BREAK SPACE}créneau{'x' if value > 1 else ''}"


def followed_in_words(settings: TrainingSettings, done: int, slots: Sequence[Slot]) -> str:
    """« 2 créneaux suivis, 3 demandés », « 6 h suivies, 9 h demandées »."""
    needed = asked(settings, slots)
    if settings.measure == Measure.MINUTES:
        return f"{amount(settings, done)} suivies, {amount(settings, needed)} demandées"
    said = f"{amount(settings, done)} suivi{'s' if done > 1 else ''}" if done else "aucun créneau suivi"
    return f"{said}, {needed} demandé{'s' if needed > 1 else ''}"


def rule_in_words(settings: TrainingSettings, slots: Sequence[Slot]) -> str:
    """What completing takes, for a session of these ``slots``."""
    return f"Achève la formation qui a suivi {_presence(settings, slots)}{_evaluation(settings)}."


def _presence(settings: TrainingSettings, slots: Sequence[Slot]) -> str:
    planned = asked(TrainingSettings(measure=settings.measure), slots)
    needed = asked(settings, slots)
    if settings.measure == Measure.MINUTES:
        if needed == planned:
            return f"toute la durée prévue, {amount(settings, planned)}"
        return f"au moins {amount(settings, needed)} sur les {amount(settings, planned)} prévues"
    if needed < planned:
        return f"au moins {amount(settings, needed)} sur {planned}"
    return f"les {amount(settings, planned)}" if planned > 1 else "son seul créneau"


def _evaluation(settings: TrainingSettings) -> str:
    if not settings.evaluation_required:
        return ""
    return " et dont les acquis sont évalués, objectif par objectif, quel que soit le niveau"


def standing_rule_in_words(settings: TrainingSettings) -> str:
    """The same without a session: how much is planned is not known yet."""
    comma = "," if settings.required and settings.evaluation_required else ""
    return f"Achève la formation qui a suivi {_standing(settings)}{comma}{_evaluation(settings)}."


def promise_in_words(settings: TrainingSettings) -> str:
    """The same for whoever reads the page of the training."""
    comma = "," if settings.required else ""
    evaluation = f"{comma} et dont les acquis sont évalués" if settings.evaluation_required else ""
    return f"Une attestation de fin de formation est remise à qui a suivi {_standing(settings)}{evaluation}."


def _standing(settings: TrainingSettings) -> str:
    if not settings.required:
        return "toute la formation"
    if settings.measure == Measure.MINUTES:
        return f"au moins {moments.duration(settings.required)}, ou toute la session si elle est plus courte"
    return f"au moins {amount(settings, settings.required)}, ou tous si la session en a moins"
