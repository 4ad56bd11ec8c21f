"""The words of an organisation on a document, and those of Escale where it has none.

What is printed is a copy (``facts["document"]``): a new signatory does not change an old certificate.
"""

from typing import Any

from certificates.models import Certificate, DocumentSettings, DocumentTemplate
from members.models import Organisation

# The Ministry's model names whoever signs; it says the rest itself.
OPENINGS: dict[str, str] = {
    DocumentTemplate.Kind.PRESENCE: "{legal_name} atteste que",
    DocumentTemplate.Kind.COMPLETION: "{legal_name} atteste que",
    DocumentTemplate.Kind.REALISATION: "",
}


def wording(*, organisation: Organisation, kind: str) -> dict[str, Any]:
    """What ``facts["document"]`` holds for a certificate of ``kind`` issued now.

    Keys: ``title``, ``opening``, ``closing``, ``legal_name``, ``legal_line``, ``signatory_role``,
    ``place``, ``declaration_number``, ``declaration_region`` (texts, maybe empty), ``logo`` (name of a
    file in private storage, or "") and ``seals`` (bool).
    """
    settings = DocumentSettings.objects.filter(organisation=organisation).first() or DocumentSettings(
        organisation=organisation
    )
    template = DocumentTemplate.objects.filter(organisation=organisation, kind=kind).first()
    return words(organisation=organisation, settings=settings, template=template, kind=kind)


def words(
    *, organisation: Organisation, settings: DocumentSettings, template: DocumentTemplate | None, kind: str
) -> dict[str, Any]:
    """The same from rows that need not be saved: what a preview shows."""
    legal_name = settings.legal_name or organisation.name
    template = template or DocumentTemplate(kind=kind)
    return {
        "title": template.title or str(Certificate.Kind(kind).label),
        "opening": template.opening or OPENINGS[kind].format(legal_name=legal_name),
        "closing": template.closing,
        "legal_name": legal_name,
        "legal_line": settings.legal_line,
        "signatory_role": settings.signatory_role,
        "place": settings.place or organisation.city,
        "declaration_number": settings.declaration_number,
        "declaration_region": settings.declaration_region,
        "logo": "",
        "seals": settings.seals,
    }
