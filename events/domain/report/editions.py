"""What everybody may read of past editions: an activity's year, in figures that tell of nobody.

Only sessions whose sheets are all settled count; under five participations nothing but their number is
told. Satisfaction is the report's own, in blocks of five answers that no choice of years takes apart.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from events.domain.report import satisfaction
from events.domain.report.counting import held_lines
from events.domain.report.figures import SessionFigures
from events.domain.report.shares import percent
from events.domain.survey import FLOOR
from events.models import Session


@dataclass(frozen=True)
class Edition:
    """None: too few people, or nothing settled yet."""

    sessions: int
    participations: int | None = None
    fill_percent: int | None = None
    satisfaction: Decimal | None = None
    ratings: int = 0


def editions(*, activities: Collection[int], year: int) -> dict[int, Edition]:
    """By activity, for ``year``: six queries, whatever there is."""
    held = Session.objects.filter(
        activity__in=activities,
        status=Session.Status.PUBLISHED,
        ends_at__lte=timezone.now(),
        starts_at__year=year,
    ).order_by()
    surveys = satisfaction.collect(activities)
    lines: dict[int, list[SessionFigures]] = defaultdict(list)
    for line in held_lines(held).values():
        lines[line.activity].append(line)
    return {activity: _edition(own, surveys) for activity, own in lines.items()}


def _edition(lines: Collection[SessionFigures], surveys: satisfaction.Surveys) -> Edition:
    settled = [line for line in lines if line.settled]
    came = sum(line.participations for line in settled)
    if came < FLOOR:
        return Edition(len(lines))
    mean, ratings = satisfaction.mean(surveys, {line.pk for line in lines})
    return Edition(
        len(lines),
        came,
        percent(came, sum(line.capacity for line in settled)),
        mean,
        ratings if mean is not None else 0,
    )
