"""Lists of people that leave the building: chosen columns, no live formula, and a line of who took what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.enums import TextChoices
from django.utils import timezone
from django.utils.text import slugify
from wagtail.log_actions import log

from common import moments
from common.errors import DomainError
from common.pdf import PDF_TYPE, write_pdf
from common.spreadsheets import CSV_TYPE, XLSX_TYPE, Sheet, book_file, write_csv
from events.domain.export_columns import FIELDS, LABELS, Columns, columns
from events.models import ACTIVE_STATES, Registration, Session
from members.models import Organisation, User

State = Registration.State
CHUNK = 1000
PDF_ROWS = 1000
PDF_COLUMNS = 10
WIDE = 6  # columns above which a page lies on its side


class What(TextChoices):
    REGISTRATIONS = "registrations", "Inscriptions"
    ATTENDEES = "attendees", "Personnes attendues"
    ATTENDANCE = "attendance", "Présences"
    ANSWERS = "answers", "Réponses aux questions"
    SIGN_IN = "sign_in", "Feuille à signer"


class FileType(TextChoices):
    XLSX = "xlsx", "Excel (XLSX)"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"


# The fewest that serve: a coordinator ticks the others.
_PERSON = ("last_name", "first_name", "profession")
DEFAULTS: dict[What, tuple[str, ...]] = {
    What.REGISTRATIONS: ("date", "session", *_PERSON, "state"),
    What.ATTENDEES: _PERSON,
    What.ATTENDANCE: (*_PERSON, "presence"),
    What.ANSWERS: ("last_name", "first_name", "answers"),
    What.SIGN_IN: (*_PERSON, "signature"),
}
STATES: dict[What, Sequence[str]] = {
    What.REGISTRATIONS: State.values,
    What.ATTENDEES: (State.CONFIRMED,),
    What.ATTENDANCE: (State.CONFIRMED,),
    What.ANSWERS: ACTIVE_STATES,
    What.SIGN_IN: (State.CONFIRMED,),
}


def offered(what: What) -> list[str]:
    """The columns that may be chosen; a sheet that goes round a room has no address and no number."""
    if what == What.SIGN_IN:
        return ["date", "session", *_PERSON, "signature"]
    return [code for code in LABELS if code != "signature"]


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: Iterator[list[Any]]


@dataclass(frozen=True)
class Export:
    """A file to send: its name, its type, its bytes as they come or a file to read and close."""

    name: str
    content_type: str
    content: Iterator[bytes] | IO[bytes] | bytes


def table(*, registrations: QuerySet[Registration], chosen: Sequence[str]) -> Table:
    """By session, then by name; read by the thousand, so that memory stays flat."""
    made = columns(chosen=chosen, registrations=registrations)
    ordered = registrations.order_by("session__starts_at", "session", "last_name", "first_name", "pk")
    return Table(made.header, _rows(made, ordered))


def _rows(made: Columns, ordered: QuerySet[Registration]) -> Iterator[list[Any]]:
    lean = ordered.select_related(None).values_list(*FIELDS, named=True).iterator(chunk_size=CHUNK)
    while chunk := list(islice(lean, CHUNK)):
        made.beside.read([one.pk for one in chunk])
        for one in chunk:
            yield [cell(one) for cell in made.cells]


def export(
    *,
    registrations: QuerySet[Registration],
    what: What,
    chosen: Sequence[str],
    file_type: FileType,
    title: str,
    by: User | None,
    facts: Mapping[str, Any] | None = None,
) -> Export:
    """Log, then make the file of what ``registrations`` (the caller's own) holds. Raises ``DomainError``.

    ``facts`` is what the log says besides, where nobody is signed in.
    """
    chosen = [code for code in offered(what) if code in chosen]
    if not chosen:
        raise DomainError("Choisissez au moins une colonne.", field="columns")
    concerned = registrations.filter(state__in=STATES[what])
    counted = _counted(concerned)
    made = table(registrations=concerned, chosen=chosen)
    total = sum(count for *_, count in counted)
    _check_size(total, len(made.header), file_type)
    told = {"what": what.value, "file_type": file_type.value, "columns": chosen, **(facts or {})}
    _log(counted, told, by)
    content: Any
    if file_type == FileType.PDF:
        content = _pdf(made, what, title, total)
    elif file_type == FileType.CSV:
        content = write_csv(made.rows, made.header)
    else:
        content = book_file([Sheet(what.label, made.header, made.rows)])
    return Export(file_name(f"{what.label} {title}", file_type), _TYPES[file_type], content)


def file_name(text: str, ending: str) -> str:
    return f"{slugify(text)[:100].strip('-')}.{ending}"


Counted = list[tuple[int, int, int]]


def _counted(registrations: QuerySet[Registration]) -> Counted:
    """Session, organisation, number of rows."""
    return list(
        registrations.order_by()
        .values_list("session", "session__activity__organisation")
        .annotate(Count("pk"))
        .order_by("session")
    )


def _log(counted: Counted, facts: dict[str, Any], by: User | None) -> None:
    """One line on the session, or on each organisation whose people leave."""
    with transaction.atomic():
        for instance, rows in _concerned(counted):
            log(instance=instance, action="escale.export", user=by, data={**facts, "rows": rows})


def _check_size(total: int, width: int, file_type: FileType) -> None:
    if not total:
        raise DomainError("Personne ne correspond à ce choix : il n’y a rien à exporter.")
    if file_type != FileType.PDF:
        return
    if total > PDF_ROWS:
        raise DomainError(
            f"Un PDF tient {moments.number(PDF_ROWS)} lignes au plus, et il y en aurait "
            f"{moments.number(total)} : choisissez Excel ou CSV, ou une période plus courte.",
            field="file_type",
        )
    if width > PDF_COLUMNS:
        raise DomainError(
            f"Un PDF tient {PDF_COLUMNS} colonnes au plus, et il y en aurait {width} : choisissez-en moins, "
            "ou Excel.",
            field="columns",
        )


def _concerned(counted: Counted) -> list[tuple[Session | Organisation, int]]:
    if len(counted) == 1:
        [(session, _organisation, rows)] = counted
        return [(Session.objects.select_related("activity").get(pk=session), rows)]
    rows_of: dict[int, int] = {}
    for _session, organisation, rows in counted:
        rows_of[organisation] = rows_of.get(organisation, 0) + rows
    found = Organisation.objects.filter(pk__in=rows_of).order_by("pk")
    return [(organisation, rows_of[organisation.pk]) for organisation in found]


def _pdf(made: Table, what: What, title: str, count: int) -> bytes:
    now = timezone.localtime()
    context = {
        "what": what.label,
        "title": title,
        "table": made,
        "count": count,
        "wide": len(made.header) > WIDE,
        "made_at": moments.moment(now),
        "created": now.isoformat(timespec="seconds"),
    }
    identifier = f"escale-export-{what.value}-{now:%Y%m%d%H%M%S}"
    return write_pdf(template="pdf/list.html", style="pdf/list.css", context=context, identifier=identifier)


_TYPES = {FileType.CSV: CSV_TYPE, FileType.XLSX: XLSX_TYPE, FileType.PDF: PDF_TYPE}
