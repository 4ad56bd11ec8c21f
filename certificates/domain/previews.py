"""A document as it would read, about nobody: what a coordinator looks at while writing."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from certificates.domain.convocation import draw_convocation, facts_of
from certificates.domain.images import printable
from certificates.domain.printed import printed
from certificates.domain.rendering import draw
from certificates.domain.sheet_words import on_sheet
from certificates.domain.wording import words
from certificates.models import Certificate, DocumentSettings, DocumentTemplate
from events.domain.sign_in import draw_sheets
from events.models import ActivityPage, Registration, Session, Slot
from members.models import Organisation
from members.professions import Profession

Kind = DocumentTemplate.Kind
NUMBER = "0" * 26  # leads to the page that knows no such certificate
_HALF_DAYS = [("09:00", "12:30"), ("14:00", "17:30")]


def preview(*, settings: DocumentSettings, template: DocumentTemplate, signatory: str) -> bytes:
    """A PDF marked as a preview, from rows that need not be saved; nothing is stored."""
    said = words(settings=settings, template=template)
    logo = printable(settings.logo) if settings.logo else None
    if template.kind == Kind.CONVOCATION:
        return _convocation(settings.organisation, said, signatory, logo)
    if template.kind == Kind.SIGN_IN_SHEET:
        return _sheet(settings.organisation, said, logo)
    return _certificate(settings.organisation, template.kind, said, signatory, logo)


def _certificate(
    organisation: Organisation, kind: str, said: dict[str, Any], signatory: str, logo: bytes | None
) -> bytes:
    certificate = Certificate(
        kind=kind,
        number=NUMBER,
        facts={
            **_FACTS[kind],
            "organisation": organisation.name,
            "organisation_city": organisation.city,
            "signatory": signatory,
            "issued_on": timezone.localdate().isoformat(),
            "document": said,
        },
    )
    return draw({**printed(certificate), "preview": True}, kind=kind, logo=logo)


def _convocation(
    organisation: Organisation, said: dict[str, Any], signatory: str, logo: bytes | None
) -> bytes:
    session = _session(organisation)
    facts = facts_of(
        session=session,
        slots=_slots(session),
        person=_PERSON["person"],
        profession=_PERSON["profession"],
        trainers=_TRAINING["training"]["trainers"],
        prerequisites="",
        accessibility=organisation.email,
    )
    facts["signatory"] = signatory
    return draw_convocation(facts=facts, words=said, logo=logo, preview=True)


def _sheet(organisation: Organisation, said: dict[str, Any], logo: bytes | None) -> bytes:
    session = _session(organisation)
    return draw_sheets(
        session=session,
        slots=_slots(session)[:1],
        people=[Registration(first_name="Camille", last_name="Exemple", profession=Profession.INFIRMIER)],
        leading=[("Formation", "Dominique Modèle")],
        words=on_sheet(said, is_training=True, logo=logo),
        preview=True,
    )


def _session(organisation: Organisation) -> Session:
    return Session(
        activity=ActivityPage(title=_TRAINING["activity"], organisation=organisation),
        title=_PLACE["title"],
        place_name="Maison de santé",
        city="Le Havre",
        to_bring="De quoi écrire",
    )


def _slots(session: Session) -> list[Slot]:
    times = [(each["starts_at"], each["ends_at"]) for each in _TRAINING["slots"]]
    return [
        Slot(session=session, starts_at=datetime.fromisoformat(begins), ends_at=datetime.fromisoformat(ends))
        for begins, ends in times
    ]


def _slot(day: str, begins: str, ends: str, minutes: int) -> dict[str, Any]:
    return {"starts_at": f"{day}T{begins}:00+02:00", "ends_at": f"{day}T{ends}:00+02:00", "minutes": minutes}


_PERSON = {"person": "Camille Exemple", "person_short": "Camille E.", "profession": "Infirmier·ère"}
_PLACE = {"title": "Session d’exemple", "place": "Maison de santé, Le Havre"}
_TRAINING: dict[str, Any] = {
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
