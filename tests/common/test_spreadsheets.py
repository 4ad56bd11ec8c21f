"""Files are read back with the csv module and openpyxl, as a spreadsheet program would."""

import csv
import io
import zipfile

import pytest
from openpyxl import load_workbook

from common.spreadsheets import Sheet, write_csv, write_sheets

pytestmark = pytest.mark.one_engine

DANGEROUS = ["=cmd|'/c calc'!A0", "@SUM(1)", "-2+3", "+33+1|x", "\t=1", "\r=1", " =1+1", "＝1+1", "\n=1"]
HARMLESS = ["<b>", "+33 6 12", "+33 6 12 34 56 78", "Lætitia", "a;b", 'dit "Zoé"', "a=b", "😀", ""]


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_csv_cell_that_would_be_run_begins_with_an_apostrophe(text: str) -> None:
    rows = read_csv(b"".join(write_csv([[text]], ["nom"])))
    assert rows == [["nom"], ["'" + text]]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_csv_cell_is_read_back_as_it_was(text: str) -> None:
    rows = read_csv(b"".join(write_csv([[text, "fin"]], ["nom", "b"])))
    assert rows[1] == [text, "fin"]


def test_a_dangerous_header_is_neutralised_too() -> None:
    assert read_csv(b"".join(write_csv([], ["=1+1"]))) == [["'=1+1"]]


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert read_csv(b"".join(write_csv([[-3, 2.5, None]], ["a", "b", "c"])))[1] == ["-3", "2.5", ""]


def test_a_csv_file_is_made_line_by_line() -> None:
    def endless():
        while True:
            yield ["x"]

    lines = write_csv(endless(), ["nom"])
    assert next(lines) == b"\xef\xbb\xbfnom\r\n"
    assert next(lines) == b"x\r\n"


@pytest.mark.parametrize("text", [*DANGEROUS, *HARMLESS])
def test_no_xlsx_cell_is_a_formula(text: str) -> None:
    data = write_sheets([Sheet("Participants", ["nom"], [[text]])])
    cell = load_workbook(io.BytesIO(data)).active["A2"]
    assert cell.data_type != "f"
    assert (cell.value or "") == text.replace("\r", "\n")
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


@pytest.mark.parametrize("text", ["<r><t>Zoé</t></r>", "<r></c></row>…</r>"])
def test_no_text_becomes_the_xml_of_the_workbook(text: str) -> None:
    data = write_sheets([Sheet("Participants", ["nom"], [[text, "fin"]])])
    [row] = load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True)
    assert [row[0].strip(), row[1]] == [text, "fin"]


def test_an_xlsx_file_survives_characters_that_xml_forbids() -> None:
    data = write_sheets(
        [
            Sheet(
                "A/B:C?*[x]' très long titre de session, vraiment",
                ["=nom", "n"],
                [["a\x00b\x1fc\ufffe", 12]],
            )
        ]
    )
    sheet = load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[2]] == ["abc", 12]
    assert sheet["A1"].data_type == "s"
    assert len(sheet.title) <= 31


def test_a_very_long_text_is_cut_at_the_limit_of_excel() -> None:
    data = write_sheets([Sheet("t", ["nom"], [["x" * 100_000]])])
    assert len(load_workbook(io.BytesIO(data)).active["A2"].value) == 32_767
