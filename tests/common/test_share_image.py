"""The picture of a shared page: one size, every title, our fonts only."""

import io

import pytest
from PIL import Image

from common.share_image import Card, draw
from common.share_image.lettering import fitted, length, readable

pytestmark = pytest.mark.one_engine
LONG = "Repérer, aborder, donner des appuis, passer le relais et tenir dans la durée " * 4


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Yoga",
        LONG,
        "W" * 160,
        "🎉🎉",
        "مرحبا بكم",
        "שלום",
        "e\u0301te\u0301",
        "a\u202eb\x00c\n\td",
        "ŁódźŐsz 中文",
    ],
)
@pytest.mark.parametrize("hue", ["sea", "ink", "inconnue"])
def test_any_title_makes_a_picture_of_the_right_size(title: str, hue: str) -> None:
    picture = Image.open(io.BytesIO(draw(Card(title, hue, title, title, title, title))))
    assert picture.size == (1200, 630)
    assert picture.format == "PNG"


@pytest.mark.parametrize("text", [LONG, "W" * 400, "mot " + "x" * 300, "Ő" * 200])
def test_no_line_is_wider_than_its_place(text: str) -> None:
    size, lines = fitted(text, face="display", sizes=(84, 48), width=1000, most=3)
    assert 1 <= len(lines) <= 3
    assert all(length(line, face="display", size=size) <= 1000 for line in lines)
    assert lines[-1].endswith("…")


def test_a_short_title_is_large_and_whole() -> None:
    assert fitted("Yoga doux", face="display", sizes=(84, 48), width=1000, most=2) == (84, ["Yoga doux"])


def test_signs_that_no_font_holds_are_left_out() -> None:
    assert readable("🎉 Été\n à\x00 Łódź 中文 !", "display") == "Été à Łódź !"


def test_the_same_card_gives_the_same_bytes() -> None:
    assert draw(Card("Yoga", "sun")) == draw(Card("Yoga", "sun"))
