"""The words of an organisation on a document, and those of Escale where it has none.

What is printed is a copy (``facts["document"]``): a new signatory does not change an old certificate.
"""

from typing import Any

from certificates.domain.images import keep_logo
from certificates.models import DocumentSettings, DocumentTemplate
from members.models import Organisation

Kind = DocumentTemplate.Kind
# The others begin with what they are about.
OPENINGS: dict[str, str] = {
    Kind.PRESENCE: "{legal_name} atteste que",
    Kind.COMPLETION: "{legal_name} atteste que",
}


def settings_of(organisation: Organisation) -> DocumentSettings:
    """The stored ones, or unsaved ones that say nothing."""
    stored = DocumentSettings.objects.select_related("logo", "edited_by").filter(organisation=organisation)
    return stored.first() or DocumentSettings(organisation=organisation)


def templates_of(organisation: Organisation) -> dict[str, DocumentTemplate]:
    """By kind, each of them: unsaved where the words of Escale hold."""
    stored = {each.kind: each for each in DocumentTemplate.objects.filter(organisation=organisation)}
    return {kind: stored.get(kind) or DocumentTemplate(organisation=organisation, kind=kind) for kind in Kind}


def wording(*, organisation: Organisation, kind: str) -> dict[str, Any]:
    """What ``facts["document"]`` holds for a document of ``kind`` made now.

    Keys: ``title``, ``opening``, ``closing``, ``legal_name``, ``legal_line``, ``signatory_role``,
    ``place``, ``declaration_number``, ``declaration_region`` (texts, maybe empty), ``logo`` (name of a
    file in private storage, or "") and ``seals`` (slug of the organisation whose key seals it, or "").
    """
    settings = settings_of(organisation)
    said = words(settings=settings, template=templates_of(organisation)[kind])
    return said | {"logo": keep_logo(settings.logo) if settings.logo else ""}


def words(*, settings: DocumentSettings, template: DocumentTemplate) -> dict[str, Any]:
    """The same from rows that need not be saved: what a preview shows. Without the logo."""
    legal_name = settings.legal_name or settings.organisation.name
    return {
        "title": template.title or str(template.get_kind_display()),
        "opening": template.opening or OPENINGS.get(template.kind, "").format(legal_name=legal_name),
        "closing": template.closing,
        "legal_name": legal_name,
        "legal_line": settings.legal_line,
        "signatory_role": settings.signatory_role,
        "place": settings.place or settings.organisation.city,
        "declaration_number": settings.declaration_number,
        "declaration_region": settings.declaration_region,
        "logo": "",
        "seals": settings.organisation.slug if settings.seals else "",
    }
