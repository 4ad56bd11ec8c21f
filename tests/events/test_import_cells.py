"""One cell, one value, or a reason."""

from datetime import date, datetime, time
from typing import Any

import pytest

from events.domain.imports import cells, professions
from events.domain.imports.cells import CellError
from members.professions import Profession


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("LEMAÎTRE", "Lemaître"),
        ("O'BRIEN", "O'Brien"),
        ("LE GOFF", "Le Goff"),
        ("DUPUIS-CARON", "Dupuis-Caron"),
        ("D’HÉROUVILLE", "D’Hérouville"),
        ("N'Diaye", "N'Diaye"),
        ("Da Silva", "Da Silva"),
        ("  dupont   martin ", "Dupont Martin"),
        ("Le\u0301a", "Léa"),
    ],
)
def test_names_take_a_proper_case(typed: str, stored: str) -> None:
    assert cells.name(typed, what="Nom") == stored


@pytest.mark.parametrize("typed", ["", "   ", "🎉", "Léa 🎉", "1234", "a\0b", "x" * 10_000, None])
def test_what_is_not_a_name_is_refused(typed: Any) -> None:
    with pytest.raises(CellError, match=r"^Nom : "):
        cells.name(typed, what="Nom")


@pytest.mark.parametrize(
    "typed", ["21/05/2024", "21/5/24", "21-05-2024", "2024-05-21", datetime(2024, 5, 21), date(2024, 5, 21)]
)
def test_dates_are_read(typed: Any) -> None:
    assert cells.day(typed) == date(2024, 5, 21)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31/02/2025", "n’existe pas dans le calendrier"),
        ("00/01/2025", "n’existe pas dans le calendrier"),
        ("mardi", "n’est pas une date"),
        ("", "vide"),
        ("21/05/0024", "impossible"),
        (45000, "n’est pas une date"),
        ("9" * 10_000, "10000 caractères"),
    ],
)
def test_impossible_dates_are_refused(typed: Any, said: str) -> None:
    with pytest.raises(CellError, match=said):
        cells.day(typed)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("19h00-21h00", time(19), time(21)),
        ("19 h - 21 h", time(19), time(21)),
        ("12:30-14:00", time(12, 30), time(14)),
        ("de 12h30 à 14h", time(12, 30), time(14)),
        ("9H–12H30", time(9), time(12, 30)),
    ],
)
def test_times_are_read(typed: str, start: time, end: time) -> None:
    assert cells.times(typed) == (start, end)


@pytest.mark.parametrize("typed", ["", "19h00", "21h-19h", "25h-26h", "19h70-21h", "le soir", None])
def test_impossible_times_are_refused(typed: Any) -> None:
    with pytest.raises(CellError, match=r"^Horaire : "):
        cells.times(typed)


@pytest.mark.parametrize(
    ("read", "sentence"),
    [(cells.times, "Horaire : la case est vide."), (cells.presence, "Présence : la case est vide.")],
)
def test_an_empty_cell_is_said_to_be_empty(read: Any, sentence: str) -> None:
    with pytest.raises(CellError) as refused:
        read(" ")
    assert str(refused.value).replace("\u00a0", " ") == sentence


def test_a_place_is_split_on_its_last_comma() -> None:
    assert cells.place("Pôle santé, salle 2, Montivilliers") == ("Pôle santé, salle 2", "Montivilliers")
    assert cells.place("En forêt") == ("En forêt", "")


@pytest.mark.parametrize(
    ("typed", "mark"), [("8,0", 8), ("8.0", 8), (8.0, 8), ("10/10", 10), ("", None), ("0", 0)]
)
def test_marks_are_read(typed: Any, mark: int | None) -> None:
    assert cells.score(typed) == mark


@pytest.mark.parametrize(
    ("typed", "said"), [("7,5", "nombre entier"), ("11", "0 à 10"), ("-1", "0 à 10"), ("bien", "0 à 10")]
)
def test_impossible_marks_are_refused_with_a_reason(typed: str, said: str) -> None:
    with pytest.raises(CellError, match=said):
        cells.score(typed)


@pytest.mark.parametrize(
    ("typed", "state", "mark"),
    [
        ("Présent", "confirmed", "present"),
        ("PRESENTE ", "confirmed", "present"),
        ("présent·e", "confirmed", "present"),
        ("Absent", "confirmed", "absent"),
        ("absente", "confirmed", "absent"),
        ("Excusée", "confirmed", "excused"),
        ("Absent excusé", "confirmed", "excused"),
        ("En retard", "confirmed", "late"),
        ("Désisté(e)", "withdrawn", None),
        ("desistement", "withdrawn", None),
    ],
)
def test_presence_is_read(typed: str, state: str, mark: str | None) -> None:
    assert cells.presence(typed) == (state, mark)


@pytest.mark.parametrize("typed", ["", "peut-être", "🎉", "pas présent"])
def test_an_unknown_presence_is_refused(typed: str) -> None:
    with pytest.raises(CellError, match=r"^Présence : "):
        cells.presence(typed)


@pytest.mark.parametrize("typed", ["123", "1234567890a", "🎉"])
def test_an_rpps_number_has_eleven_digits(typed: str) -> None:
    with pytest.raises(CellError, match="11 chiffres"):
        cells.rpps(typed)


@pytest.mark.parametrize(
    ("typed", "profession"),
    [
        ("IDEL", Profession.INFIRMIER),
        ("I.D.E.", Profession.INFIRMIER),
        ("infirmier(ère)", Profession.INFIRMIER),
        ("infirmier·ère", Profession.INFIRMIER),
        ("INFIRMIERE  LIBERALE", Profession.INFIRMIER),
        ("infirmier/infirmière", Profession.INFIRMIER),
        ("Kiné", Profession.KINESITHERAPEUTE),
        ("Masseuse-kinésithérapeute", Profession.KINESITHERAPEUTE),
        ("Dr - médecin généraliste", Profession.MEDECIN),
        ("MG", Profession.MEDECIN),
        ("Dentiste", Profession.DENTISTE),
        ("SF", Profession.SAGE_FEMME),
        ("Sages-femmes", Profession.SAGE_FEMME),
        ("Aide soignant(e)", Profession.AIDE_SOIGNANT),
        ("podologue", Profession.PODOLOGUE),
        ("psychologue clinicienne", Profession.PSYCHOLOGUE),
        ("pharmacien d’officine", Profession.PHARMACIEN),
        ("étudiante infirmière", Profession.ETUDIANT),
        ("interne de médecine générale", Profession.INTERNE),
        ("coordinatrice CPTS", Profession.COORDINATEUR),
    ],
)
def test_professions_typed_in_many_ways_are_recognised(typed: str, profession: Profession) -> None:
    assert professions.recognise(typed) == profession


@pytest.mark.parametrize(
    "typed",
    [
        "Naturopathe",
        "psy",
        "Docteur",
        "préparatrice en pharmacie",
        "infirmier et kiné",
        "secrétaire médicale",
        "🎉",
    ],
)
def test_what_is_not_recognised_is_not_guessed(typed: str) -> None:
    assert professions.recognise(typed) is None


@pytest.mark.parametrize("profession", list(Profession))
def test_every_official_label_is_recognised(profession: Profession) -> None:
    assert professions.recognise(profession.label.upper()) == profession
