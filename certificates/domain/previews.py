"""A document as it would read, about nobody: what a coordinator looks at while writing."""

from typing import Any

from django.utils import timezone

from certificates.domain.images import printable
from certificates.domain.printed import printed
from certificates.domain.rendering import draw
from certificates.domain.wording import words
from certificates.models import Certificate, DocumentSettings, DocumentTemplate

NUMBER = "0" * 26  # leads to the page that knows no such certificate
_HALF_DAYS = [("09:00", "12:30"), ("14:00", "17:30")]


def preview(*, settings: DocumentSettings, template: DocumentTemplate, signatory: str) -> bytes:
    """A PDF marked as a preview, from rows that need not be saved; nothing is stored."""
    organisation = settings.organisation
    certificate = Certificate(
        kind=template.kind,
        number=NUMBER,
        facts={
            **_FACTS[template.kind],
            "organisation": organisation.name,
            "organisation_city": organisation.city,
            "signatory": signatory,
            "issued_on": timezone.localdate().isoformat(),
            "document": words(settings=settings, template=template),
        },
    )
    logo = printable(settings.logo) if settings.logo else None
    return draw({**printed(certificate), "preview": True}, kind=template.kind, logo=logo)


def _slot(day: str, begins: str, ends: str, minutes: int) -> dict[str, Any]:
    return {"starts_at": f"{day}T{begins}:00+02:00", "ends_at": f"{day}T{ends}:00+02:00", "minutes": minutes}


_PERSON = {"person": "Camille Exemple", "person_short": "Camille E.", "profession": "Infirmier·ère"}
_PLACE = {"title": "Session d’exemple", "place": "Maison de santé, Le Havre"}
_TRAINING = {
    **_PERSON,
    **_PLACE,
    "activity": "Une formation d’exemple",
    "slots": [_slot("2026-09-17", *times, 210) for times in _HALF_DAYS],
    "minutes": 420,
    "training": {
        "nature": "formation",
        "planned_minutes": 420,
        "trainers": ["Dominique Modèle, médecin"],
        "objectives": [
            {"objective": "Repérer les signes de détresse chez un confrère", "level": "acquired"},
            {"objective": "Orienter vers les ressources du territoire", "level": "partly"},
        ],
        "completed_on": "2026-09-17",
        "dpc_number": "",
    },
}
_FACTS: dict[str, dict[str, Any]] = {
    Certificate.Kind.PRESENCE: {
        **_PERSON,
        **_PLACE,
        "activity": "Une rencontre d’exemple",
        "slots": [_slot("2026-09-17", "19:00", "21:00", 120)],
        "minutes": 120,
    },
    Certificate.Kind.COMPLETION: _TRAINING,
    Certificate.Kind.REALISATION: _TRAINING,
}
