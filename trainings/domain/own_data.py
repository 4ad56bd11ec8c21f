"""What trainings hold of a person, for that person: what was assessed, what was completed."""

from typing import Any

from django.db.models import Q

from events.models import Registration
from members.models import User


def trainings(user: User) -> list[dict[str, Any]]:
    rows = (
        Registration.objects.filter(Q(assessments__isnull=False) | Q(completion__isnull=False), user=user)
        .select_related("session__activity", "completion")
        .prefetch_related("assessments")
        .distinct()
        .order_by("session__starts_at", "pk")
    )
    return [_training(row) for row in rows]


def _training(row: Registration) -> dict[str, Any]:
    completion = getattr(row, "completion", None)
    return {
        "formation": row.session.activity.title,
        "session": row.session.title,
        "objectifs": [
            {
                "objectif": each.objective,
                "niveau": each.get_level_display(),
                "evalue_le": each.assessed_at,
            }
            for each in row.assessments.all()
        ],
        "achevee_le": completion.completed_at if completion else None,
        "minutes_suivies": completion.minutes if completion else None,
        "creneaux_suivis": completion.slots if completion else None,
    }
