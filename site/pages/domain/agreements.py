"""Who agreed to be written to, or to be photographed: an organisation's own list, and its file."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from wagtail.log_actions import log

from common import moments
from common.errors import DomainError
from common.spreadsheets import CSV_TYPE, XLSX_TYPE, Sheet, book_file, write_csv
from events.domain.exports import Export, FileType, file_name
from members.models import Consent, Organisation, User

HEADER = ("Nom", "Prénom", "Adresse e-mail", "Accord", "Donné le", "Structure")
TYPES = {FileType.XLSX: XLSX_TYPE, FileType.CSV: CSV_TYPE}


def export_agreements(*, consents: QuerySet[Consent], purpose: str, file_type: str, by: User) -> Export:
    """Log, then make the file of the ``consents`` in force (the caller's own). Raises ``DomainError``."""
    if purpose not in Consent.Purpose.values or file_type not in TYPES:
        raise DomainError("Choisissez un accord et un format de la liste.")
    own = consents.filter(purpose=purpose, withdrawn_at=None)
    counted = dict(own.order_by().values_list("organisation").annotate(Count("pk")))
    if not counted:
        raise DomainError("Personne n’a donné cet accord : il n’y a rien à exporter.")
    with transaction.atomic():
        for organisation in Organisation.objects.filter(pk__in=counted).order_by("pk"):
            data = {
                "what": f"consents_{purpose}",
                "file_type": file_type,
                "columns": ["last_name", "first_name", "email"],
                "rows": counted[organisation.pk],
            }
            log(instance=organisation, action="escale.export", user=by, data=data)
    label = str(Consent.Purpose(purpose).label)
    rows = _rows(own.select_related("user", "organisation").order_by("user__last_name", "pk"))
    content: Any
    if file_type == FileType.CSV:
        content = write_csv(rows, HEADER)
    else:
        content = book_file([Sheet("Accords", HEADER, rows)])
    return Export(file_name(f"accords {label}", file_type), TYPES[FileType(file_type)], content)


def _rows(consents: QuerySet[Consent]) -> Iterator[list[Any]]:
    for each in consents.iterator(chunk_size=1000):
        yield [
            each.user.last_name,
            each.user.first_name,
            each.user.email,
            each.get_purpose_display(),
            moments.short_day(each.given_at),
            each.organisation.short_name,
        ]
