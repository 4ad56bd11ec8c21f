"""What an organisation changes on its documents: one page, one version, in the journal."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model
from wagtail.log_actions import log

from certificates.domain.images import keep_logo
from certificates.domain.wording import settings_of, templates_of
from certificates.models import DocumentSettings, DocumentTemplate
from common.errors import DomainError
from common.versions import raise_version
from members.domain.coordination import edit_organisation
from members.models import Organisation, User

SETTINGS = (
    "legal_name",
    "logo",
    "legal_line",
    "signatory_role",
    "place",
    "declaration_number",
    "declaration_region",
    "seals",
)
WORDS = ("title", "opening", "closing")
DIGITS = 11


def save_documents(
    *,
    settings: DocumentSettings,
    templates: Iterable[DocumentTemplate],
    signatory: str,
    seen: int | None,
    by: User,
) -> DocumentSettings:
    """Store how the organisation's documents read from now on; those that exist stay as they are.

    ``seen`` is the version that was shown, 0 for settings that were not stored yet. Raises ``DomainError``.
    """
    _check(settings)
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=settings.organisation_id
        )
        before = settings_of(organisation)
        change = _changed(before, settings, SETTINGS)
        _write(before, settings, seen=seen, by=by)
        stored = templates_of(organisation)
        for template in templates:
            change += _keep(stored[template.kind], template)
        if signatory != organisation.signatory:
            organisation.signatory = signatory
            edit_organisation(organisation=organisation, by=by)
        log(instance=settings, action="escale.documents", user=by, data={"fields": change})
    return settings


def _check(settings: DocumentSettings) -> None:
    number = settings.declaration_number
    if number and not (number.isascii() and number.isdigit() and len(number) == DIGITS):
        raise DomainError("Le numéro de déclaration d’activité a 11 chiffres.", field="declaration_number")
    if number and not settings.declaration_region:
        raise DomainError(
            "Indiquez la région du préfet : la mention légale la demande.", field="declaration_region"
        )
    # Copied here, so that no rule that issues does it while it holds a session.
    if settings.logo and not keep_logo(settings.logo):
        raise DomainError("Cette image ne s’imprime pas : choisissez un PNG ou un JPEG.", field="logo")


def _write(before: DocumentSettings, settings: DocumentSettings, *, seen: int | None, by: User) -> None:
    if before.pk is None:
        before.version = 0
    versioned = raise_version(stored=before, seen=seen, by=by)
    for name in versioned:
        setattr(settings, name, getattr(before, name))
    settings.pk = before.pk
    settings.save(force_insert=before.pk is None, force_update=before.pk is not None)


def _keep(stored: DocumentTemplate, typed: DocumentTemplate) -> list[str]:
    """What says nothing is no template."""
    change = _changed(stored, typed, WORDS)
    for name in WORDS:
        setattr(stored, name, getattr(typed, name))
    if any(getattr(stored, name) for name in WORDS):
        stored.save()
    elif stored.pk:
        stored.delete()
    return [f"{typed.get_kind_display()}, {label}" for label in change]


def _changed(before: Model, after: Model, names: Iterable[str]) -> list[str]:
    """The fields that differ, as they are called; the journal holds no text, which may name somebody."""
    fields = [before._meta.get_field(name) for name in names]
    return [
        str(field.verbose_name)  # type: ignore[union-attr]
        for field in fields
        if getattr(before, field.attname) != getattr(after, field.attname)  # type: ignore[union-attr]
    ]
