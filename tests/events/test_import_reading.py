"""From bytes to rows: every encoding that French Excel writes, every broken file refused in words."""

import io
import zipfile
from datetime import datetime

import pytest

from common.errors import DomainError
from events.domain.imports import reading
from events.domain.imports.reading import read_rows
from tests.events.import_files import HEADER, SAMPLE, csv_file, line, xlsx_file


def refusal(data: bytes, name: str = "table.csv") -> str:
    with pytest.raises(DomainError) as caught:
        read_rows(data, name)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding_of_french_excel_reads_the_same(encoding: str) -> None:
    [row] = read_rows(csv_file(line(Prénom="Zoé"), encoding=encoding)).rows
    assert row.cells["first_name"] == "Zoé"
    assert row.cells["member"] == "Oui"


def test_the_sample_reads_whole() -> None:
    table = read_rows(SAMPLE.read_bytes(), SAMPLE.name)
    assert len(table.rows) == 174
    assert table.rows[0].number == 2
    assert not table.notices


def test_a_workbook_reads_like_a_csv_file() -> None:
    data = xlsx_file(line(Date=datetime(2024, 5, 21), Places=12, RPPS=10756590104))
    [row] = read_rows(data, "table.xlsx").rows
    assert row.cells["date"] == datetime(2024, 5, 21)
    assert row.cells["rpps"] == 10756590104


def test_columns_are_recognised_in_any_order_case_and_spacing() -> None:
    titles = [
        "NOTE", "presence ", "Adherent", "N° RPPS", "métier", "civilite", "E-mail", "PRENOM", " nom ",
        "Jauge", "lieu", "Thème", "HORAIRES", "date",
    ]  # fmt: skip
    [row] = read_rows(csv_file(list(reversed(line())), header=titles)).rows
    assert (row.cells["email"], row.cells["title"]) == ("yann.hamel@example.org", "Sophrologie")


def test_a_title_above_the_table_is_passed_over_and_numbers_stay_those_of_the_spreadsheet() -> None:
    data = "Café des Soignants 2024\r\n\r\n".encode() + csv_file(line(), encoding="utf-8")
    assert [row.number for row in read_rows(data).rows] == [4]


def test_commas_between_cells_are_understood() -> None:
    cells = [cell.replace(",", "") for cell in line()]
    data = "\n".join([",".join(HEADER), ",".join(cells)]).encode()
    assert read_rows(data).rows[0].cells["times"] == "19h00-21h00"


def test_missing_columns_are_named() -> None:
    header = [title for title in HEADER if title not in ("Courriel", "Horaire")]
    assert refusal(csv_file(["x"] * 12, header=header)) == (
        "Il manque les colonnes « Horaire », « Courriel »."
    )


def test_optional_and_unknown_columns_are_only_mentioned() -> None:
    header = [*HEADER[:-1], "Téléphone"]
    notices = read_rows(csv_file(line(), header=header)).notices
    assert notices == [
        "La colonne « Note /10 » est absente : cette information reste vide.",
        "Colonnes ignorées : « Téléphone ».",
    ]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.csv", "vide"),
        (b"\xef\xbb\xbf\r\n \r\n", "a.csv", "vide"),
        (b"\0" * 400, "a.csv", "vide"),
        (b";;;\n;;;\n", "a.csv", "aucune ligne"),
        (csv_file(), "a.csv", "aucune ligne"),
        (b"a;b;c\n1;2;3\n", "a.csv", "titres des colonnes"),
        (csv_file(line(), header=[*HEADER[:-1], "Nom"]), "a.csv", "même titre : « Nom »"),
        (b"\x89PNG\r\n\x1a\n\x81\x8d\x8f" * 20, "a.csv", "n’est pas un tableau lisible"),
        (b"%PDF-1.7 and so on", "a.pdf", "titres des colonnes"),
        (b"rubbish", "a.xlsx", "abîmé"),
        (b"PK\x03\x04 rubbish", "a.xlsx", "abîmé"),
        (xlsx_file(line())[:2000], "a.xlsx", "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.xls", "ancien format .xls"),
        (b"x" * (30 * reading.MEGABYTE), "a.csv", "pèse 30 Mo : la limite est de 5 Mo"),
    ],
    ids=[
        "nothing", "blank", "NUL", "separators", "header only", "wrong columns", "twice", "binary", "PDF",
        "false xlsx", "false zip", "cut xlsx", "xls", "30 MB",
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_a_sentence(data: bytes, name: str, said: str) -> None:
    assert said in refusal(data, name)


def test_a_huge_cell_does_not_break_the_reading_of_csv() -> None:
    assert "guillemet" in refusal(csv_file(line(Nom='"' + "x" * 200_000)))


def test_a_workbook_that_unfolds_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (reading.MAX_UNFOLDED + 1))
    assert len(data.getvalue()) < reading.MAX_BYTES
    assert "démesuré" in refusal(data.getvalue(), "a.xlsx")


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "abîmé" in refusal(data.getvalue(), "a.xlsx")


def test_a_workbook_with_a_broken_part_is_refused() -> None:
    source, data = io.BytesIO(xlsx_file(line())), io.BytesIO()
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(data, "w") as bad:
        for part in good.namelist():
            content = good.read(part)
            bad.writestr(part, content[: len(content) // 2] if "sheet1" in part else content)
    assert "abîmé" in refusal(data.getvalue(), "a.xlsx")


def test_more_lines_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 0)
    assert "lignes : coupez-le" in refusal(csv_file(*[line()] * 12))


def test_a_workbook_of_millions_of_empty_cells_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_TAGS", 100_000)
    source, data = io.BytesIO(xlsx_file(line())), io.BytesIO()
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bad:
        for part in good.namelist():
            row = b"<row>" + b"<c/>" * 100_000 + b"</row></sheetData>"
            bad.writestr(part, good.read(part).replace(b"</sheetData>", row))
    assert "démesuré" in refusal(data.getvalue(), "a.xlsx")


def test_columns_beyond_measure_are_left_out_of_csv_too() -> None:
    wide = csv_file(line()).replace(b"\r\n", b"\n").replace(b"\n", b";a" * 50_000 + b"\n")
    assert len(" ".join(read_rows(wide).notices)) < 5_000
