"""From the bytes of a coordinator's file to rows of cells, without trusting any of them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from common.errors import DomainError
from events.domain.imports.columns import SEARCHED_ROWS, find_header

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE
MAX_ROWS = 20_000
# A workbook is a zip: what it may unfold to, and how many parts it may have.
MAX_UNFOLDED = 60 * MEGABYTE
MAX_PARTS = 500
# Twenty thousand full lines hold a third of that; reading a tag costs, however few bytes it takes.
MAX_TAGS = 4_000_000
MAX_COLUMNS = 60
# Sheets often end with thousands of formatted empty rows: they are walked, not counted, up to here.
MAX_WALKED = 60_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Cells = list[object]


@dataclass(frozen=True)
class Row:
    """``number`` is the row's number as the spreadsheet program shows it."""

    number: int
    cells: dict[str, object]


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    notices: list[str] = field(default_factory=list)


def check_size(size: int) -> None:
    """Refuse a file by its announced size, before reading it."""
    if size > MAX_BYTES:
        raise DomainError(
            f"Ce fichier pèse {size / MEGABYTE:.0f} Mo : la limite est de {MAX_BYTES // MEGABYTE} Mo. "
            "Gardez une seule feuille, sans images, ou coupez-le par période.",
            field="file",
        )


def read_rows(data: bytes, filename: str = "") -> Table:
    """Recognise the format by content, find the header, and return the rows that hold something.

    ``filename`` only tells formats apart that we do not read. Raises ``DomainError``.
    """
    check_size(len(data))
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise DomainError("Ce fichier est vide.", field="file")
    if data.startswith(_OLE):
        raise DomainError(
            "Ce classeur est à l’ancien format .xls ou protégé par un mot de passe : "
            "enregistrez-le en .xlsx ou en CSV.",
            field="file",
        )
    if data.startswith(_ZIP):
        numbered = _non_empty(_xlsx_rows(data))
    elif filename.lower().endswith((".xlsx", ".xlsm")):
        raise _broken()
    else:
        numbered = _non_empty(_csv_rows(data))
    return _table(numbered)


def _table(numbered: list[tuple[int, Cells]]) -> Table:
    if not numbered:
        raise DomainError("Ce fichier ne contient aucune ligne.", field="file")
    at, columns, notices = find_header([cells for _number, cells in numbered[:SEARCHED_ROWS]])
    rows = [
        Row(number, {name: cells[i] if i < len(cells) else None for name, i in columns.items()})
        for number, cells in numbered[at + 1 :]
    ]
    if not rows:
        raise DomainError("Ce fichier a des titres de colonnes, mais aucune ligne.", field="file")
    return Table(rows, notices)


def _non_empty(rows: Iterable[Cells]) -> list[tuple[int, Cells]]:
    kept: list[tuple[int, Cells]] = []
    for number, cells in enumerate(rows, start=1):
        if any(cell is not None and str(cell).strip() for cell in cells):
            kept.append((number, cells))
        if len(kept) > MAX_ROWS + SEARCHED_ROWS or number > MAX_WALKED:
            raise DomainError(
                f"Ce fichier dépasse {MAX_ROWS // 1000} 000 lignes : coupez-le par période.", field="file"
            )
    return kept


def _csv_rows(data: bytes) -> Iterator[Cells]:
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield list(cells[:MAX_COLUMNS])
    except csv.Error:
        raise DomainError(
            f"Ce fichier CSV n’est pas lisible à partir de la ligne {reader.line_num} : "
            "un guillemet n’y est sans doute pas refermé.",
            field="file",
        ) from None


def _decoded(data: bytes) -> str:
    """UTF-8 when it is valid UTF-8, else what French Excel writes by default."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise DomainError(
            "Ce fichier n’est pas un tableau lisible : enregistrez-le en CSV (UTF-8) ou en .xlsx.",
            field="file",
        ) from None


def _delimiter(text: str) -> str:
    start = "\n".join(text.splitlines()[:SEARCHED_ROWS])[:10_000]
    return max(";\t,", key=start.count)


def _xlsx_rows(data: bytes) -> Iterator[Cells]:
    from openpyxl import load_workbook  # a heavy one, for who reads workbooks only

    _check_zip(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a false dimension would pad every row to 16,384 cells
        for cells in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            yield list(cells)
    except Exception:  # noqa: BLE001 - a broken workbook fails in dozens of ways inside openpyxl
        raise _broken() from None


def _check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise _broken() from None
    # zipfile never unfolds a part beyond the size it announces, so this sum is a bound.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNFOLDED:
        raise _immense()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise _broken()
    if _tags(data) > MAX_TAGS:
        raise _immense()


def _tags(data: bytes) -> int:
    found = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                with archive.open(part) as unfolded:
                    found += sum(chunk.count(b"<") for chunk in iter(partial(unfolded.read, MEGABYTE), b""))
    except Exception:  # noqa: BLE001 - cut, encrypted, of an unknown compression…
        raise _broken() from None
    return found


def _immense() -> DomainError:
    return DomainError(
        "Ce classeur est démesuré une fois ouvert : copiez le tableau seul dans un nouveau fichier.",
        field="file",
    )


def _broken() -> DomainError:
    return DomainError(
        "Ce classeur est abîmé ou n’est pas un fichier .xlsx : ouvrez-le et enregistrez-le à nouveau.",
        field="file",
    )
