"""What the public page of a training says besides its own text."""

from decimal import Decimal

from django import template

from common import moments
from trainings.domain.completion import settings_of
from trainings.domain.rule_words import promise_in_words
from trainings.models import TrainingPage, TrainingSettings

register = template.Library()


@register.simple_tag
def settings_of_training(page: TrainingPage) -> TrainingSettings:
    """What completing it takes, and the number of its action if it has one."""
    return settings_of(page.pk)


@register.filter
def in_hours(hours: Decimal) -> str:
    """« 10 h 30 » for 10.5."""
    return moments.duration(round(hours * 60))


@register.filter
def promised(settings: TrainingSettings) -> str:
    """Who is given the attestation, in a sentence."""
    return promise_in_words(settings)
