"""Words as people type them, compared in Python and in the database alike."""

import pytest

from common.folding import Holds, fold, folded, holds, words
from members.models import Organisation
from tests.factories import make_organisation


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉCOUTE à l’œuvre", "ecoute a l'oeuvre"),
        ("Łódź – Évreux", "odz - evreux"),
        ("e\u0301te\u0301", "ete"),
        ("ÇA, ÑANDÚ ŸVETOT", "ca, nandu yvetot"),
        ("naïve Ægir", "naive aegir"),
        ("ŒUVRE\u202f: « fin »…", "oeuvre : « fin »..."),
        ("\ud800é😀", "e"),
    ],
)
def test_folding_takes_accents_case_and_ligatures_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("texts", [[], [""], ["", "Été"], ["cœur", "\0NUL\0", "Œuvre", "😀"]])
def test_many_texts_are_folded_as_each_of_them(texts: list[str]) -> None:
    assert folded(texts) == [fold(text) for text in texts]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Le Café des Soignants, à l’estuaire !", ("cafe", "soignant", "estuaire")),
        ("formations Formation", ("formation",)),
        ("les", ("les",)),
        ("76", ("76",)),
        ("\0 ' \" % _ \\", ("_",)),
        ("", ()),
    ],
)
def test_a_question_keeps_the_words_that_say_something(typed: str, kept: tuple[str, ...]) -> None:
    assert words(typed) == kept


def test_a_question_has_few_short_words() -> None:
    assert len(words(" ".join(f"mot{n}" for n in range(100)))) == 8
    assert words("a" * 500) == ("a" * 40,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["Écoute à l’œuvre", "ÉVREUX", "ÇA ET LÀ", "CŒUR", "Naïve", "Ægir", "100 % (sûr)"]
)
def test_the_database_finds_what_python_finds(text: str) -> None:
    make_organisation(name=text)
    for word in words(text):
        assert holds(text, word)
        assert Organisation.objects.filter(Holds(["name", "city"], word)).exists(), word
    assert not Organisation.objects.filter(Holds(["name", "city"], "absent")).exists()
