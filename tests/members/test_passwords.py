"""A password is long and varied, longer and less varied, or a phrase; and never expires."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from members.domain.passwords import SENTENCE, is_strong

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize(
    "password",
    [
        "Marees-2026-",  # 12, four kinds
        "Marees20262026",  # 14, three kinds
        "Escale: marees-2026-",  # our name beside enough
        "un bateau fait escale au port avec ses marins",  # a phrase
        "un bateau rentre au port avec ses marins",  # a phrase
        "ÉTÉ-été-2026",
    ],
)
def test_strong(password):
    assert is_strong(password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Marees-2026",  # 11
        "Marees202620",  # 12, three kinds
        "marees20262026",  # 14, two kinds
        # What anybody tries first here.
        "Escale-2026-",
        "Cpts-Escale-2026!",
        "Soignants2026!",
        "MotDePasse-2026!",
        "unbateaurentreauportavecsesmarins",
        "bateau bateau bateau bateau bateau bateau bateau",
        "a b c d e f g h i j",
        "un bateau rentre au port ce",  # six words
        " " * 40,
    ],
)
def test_weak(password):
    assert not is_strong(password)


def test_the_refusal_is_one_french_sentence():
    with pytest.raises(ValidationError) as refused:
        validate_password("court")
    assert refused.value.messages == [SENTENCE]
