"""The certificates of a person, for that person."""

from typing import Any

from certificates.domain.numbers import grouped
from certificates.models import Certificate
from members.models import User


def certificates(user: User) -> list[dict[str, Any]]:
    rows = Certificate.objects.filter(registration__user=user).order_by("issued_at", "pk")
    return [
        {
            "nature": row.get_kind_display(),
            "numero": grouped(row.number),
            "etat": row.get_status_display(),
            "version": row.version,
            "delivree_le": row.issued_at,
            "revoquee_le": row.revoked_at,
            "motif": row.revocation_reason,
            "contenu": row.facts,
        }
        for row in rows
    ]
