"""Tables for spreadsheet programs, in which no cell is ever a live formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A spreadsheet program runs a cell that begins so, also when full-width or after spaces.
_FORMULA_STARTS = "=+-@\t\r"
_PHONE = re.compile(r"\+\d[\d .]{3,20}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Starts that no normalisation turns into one of those: most cells, settled at once.
_HARMLESS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789éÉ") | {""}
_BOM = b"\xef\xbb\xbf"
_MAX_CELL = 32_767  # Excel's own limit
_WIDTH = 22


def _text(value: Any) -> str:
    """What a cell shows; characters that XML forbids would make the file unreadable."""
    return _CONTROL.sub("", "" if value is None else str(value))[:_MAX_CELL]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def safe_csv_cell(value: Any) -> str:
    """The cell's text, with an apostrophe before what would be run; phone numbers stay as they are."""
    text = _text(value)
    if text[:1] in _HARMLESS or _is_number(value) or _PHONE.fullmatch(text):
        return text
    start = unicodedata.normalize("NFKC", text)[:1]
    stripped = unicodedata.normalize("NFKC", text.lstrip())[:1]
    if (start and start in _FORMULA_STARTS) or (stripped and stripped in _FORMULA_STARTS):
        return f"'{text}"
    return text


def write_csv(rows: Iterable[Sequence[Any]], header: Sequence[str]) -> Iterator[bytes]:
    """The lines of a CSV file as French Excel opens it: UTF-8 with a BOM, ``;`` between cells."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")

    def line(cells: Sequence[Any]) -> bytes:
        writer.writerow([safe_csv_cell(cell) for cell in cells])
        written = buffer.getvalue().encode("utf-8")
        buffer.seek(0)
        buffer.truncate()
        return written

    yield _BOM + line(header)
    for row in rows:
        yield line(row)


class Sheet(NamedTuple):
    """One sheet of a workbook."""

    title: str
    header: Sequence[Any]
    rows: Iterable[Sequence[Any]]


def write_sheets(sheets: Iterable[Sheet]) -> bytes:
    """A workbook; every text is stored as text, whatever it begins with."""
    with book_file(sheets) as file:
        return file.read()


def book_file(sheets: Iterable[Sheet]) -> IO[bytes]:
    """A workbook in a temporary file, ready to be read; memory stays flat however long it is."""
    file = TemporaryFile(prefix="escale-export-")  # noqa: SIM115 closed by who sends it
    with Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for one in sheets:
            _fill(book.add_worksheet(_sheet_title(one.title)), one, bold)
    file.seek(0)
    return file


def _fill(sheet: Worksheet, one: Sheet, bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(one.header) - 1, 0), _WIDTH)
    for column, value in enumerate(one.header):
        sheet.write_string(0, column, _book_text(value), bold)
    for place, row in enumerate(one.rows, start=1):
        for column, value in enumerate(row):
            if _is_number(value):
                sheet.write_number(place, column, value)
            elif text := _book_text(value):
                sheet.write_string(place, column, text)


def _book_text(value: Any) -> str:
    """XML readers make a line feed of every carriage return: settle it here.

    The library would take for XML of its own what begins as such: a space before, and it is text.
    """
    text = _text(value)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f" {text}" if text.startswith("<r>") and text.endswith("</r>") else text


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _text(title)).strip()[:31] or "Feuille"
