"""The convocation to a training: not a certificate but a letter, made of what holds today."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from certificates.domain import images
from certificates.domain.printed import declaration
from certificates.domain.wording import wording
from certificates.models import DocumentTemplate
from common import moments
from common.errors import DomainError
from common.pdf import write_pdf
from events.access import LEADING
from events.domain import layout
from events.domain.links import registration_token
from events.domain.mails import absolute
from events.domain.names import name_today
from events.domain.personal_links import PersonalLink
from events.models import Registration, Session, Slot
from members.models import User
from trainings.models import TrainingPage

LOGO = "logo.jpg"
NONE_NEEDED = ("", "aucun", "aucun.")


def exists_for(registration: Registration) -> bool:
    """Only somebody confirmed to a training that takes place is called to it."""
    session = registration.session
    return (
        registration.state == Registration.State.CONFIRMED
        and session.status == Session.Status.PUBLISHED
        and session.activity.specific_class is TrainingPage
    )


def convocation_path(registration: Registration) -> str:
    return reverse("certificates:convocation", args=[registration_token(registration)])


def personal_link(registration: Registration) -> Iterator[PersonalLink]:
    if exists_for(registration):
        yield PersonalLink(
            "Ma convocation (PDF)",
            absolute(convocation_path(registration)),
            "Votre convocation, à garder ou à remettre à votre employeur :",
        )


def convocation(registration: Registration) -> bytes:
    """The PDF; raises ``DomainError`` when there is nothing to be called to."""
    if not exists_for(registration):
        raise DomainError("Pas de convocation : cette inscription n’est pas confirmée à une formation.")
    organisation = registration.session.activity.organisation
    said = wording(organisation=organisation, kind=DocumentTemplate.Kind.CONVOCATION)
    return draw_convocation(facts=_facts(registration), words=said, logo=images.logo(said["logo"]))


def draw_convocation(
    *, facts: dict[str, Any], words: dict[str, Any], logo: bytes | None, preview: bool = False
) -> bytes:
    """``facts`` is what ``facts_of`` makes."""
    return write_pdf(
        template="certificates/pdf/convocation.html",
        style="certificates/pdf/convocation.css",
        context={
            **facts,
            "words": words,
            "legal": _legal(words),
            "logo": images.address(LOGO) if logo else "",
            "preview": preview,
        },
        images={LOGO: logo} if logo else None,
    )


def convocation_for_desk(*, registration: Registration, by: User) -> bytes:
    """The same for the coordination, noted in the journal."""
    pdf = convocation(registration)
    data = {"registration": registration.pk, "what": "convocation"}
    log(instance=registration, action="escale.export", user=by, data=data)
    return pdf


def _facts(registration: Registration) -> dict[str, Any]:
    session = registration.session
    page = TrainingPage.objects.get(pk=session.activity_id)
    return facts_of(
        session=session,
        slots=list(session.slots.order_by("starts_at", "pk")),
        person=" ".join(name_today(registration)).strip(),
        profession=registration.get_profession_display(),
        trainers=_trainers(session, page),
        prerequisites="" if page.prerequisites.strip().lower() in NONE_NEEDED else page.prerequisites,
        accessibility=page.accessibility_contact,
    )


def facts_of(
    *,
    session: Session,
    slots: Sequence[Slot],
    person: str,
    profession: str,
    trainers: Sequence[str],
    prerequisites: str,
    accessibility: str,
) -> dict[str, Any]:
    """What the letter says, from rows that need not be saved."""
    organisation = session.activity.organisation
    return {
        "person": person,
        "profession": profession,
        "organisation": organisation,
        "session": session,
        "activity": session.activity.title,
        "theme": session.title if session.title != session.activity.title else "",
        "slots": [_slot_line(slot.starts_at, slot.ends_at, slot.label) for slot in slots],
        "total": moments.duration(sum(slot.minutes for slot in slots)),
        "where": layout.where(session),
        "is_online": session.modality != Session.Modality.ONSITE,
        "is_onsite": session.modality != Session.Modality.ONLINE,
        "trainers": trainers,
        "prerequisites": prerequisites,
        "accessibility": accessibility,
        "signatory": organisation.signatory,
        "today": moments.date_text(timezone.localdate()),
        "created": timezone.localdate().isoformat(),
    }


def _slot_line(starts_at: Any, ends_at: Any, label: str) -> tuple[str, str]:
    text = moments.span(starts_at, ends_at)
    return text[:1].upper() + text[1:], label


def _trainers(session: Session, page: TrainingPage) -> list[str]:
    """Who leads this session; else whom the page names."""
    roles = session.roles.filter(role__in=LEADING).order_by("pk")
    named = [", ".join(filter(None, [role.name, role.presentation])) for role in roles]
    return named or page.trainer_lines


def _legal(said: dict[str, Any]) -> list[str]:
    lines = [said["legal_line"]] if said["legal_line"] else []
    if said["declaration_number"]:
        lines.append(declaration(said["declaration_number"], said["declaration_region"]))
    return lines
