"""Cut the variable fonts of ``sources`` into what the pages and the certificates load.

The web gets what French needs, and of weights what the styles use; certificates get static cuts, which
WeasyPrint would otherwise make again for every document, at 300 ms each. Same input, same bytes:
``python site/common/fonts/make.py``.
"""

import io
from collections.abc import Mapping
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
WEB = HERE.parents[1] / "static" / "escale" / "fonts"
# Printed French: letters with their accents, ligatures, quotes, dashes, spaces, arrows of our texts.
FRENCH = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "ıŒœŸʼˆ˚˜−←↑→↓€™"),
    *(0x2009, 0x200B, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),
    *(0x2020, 0x2022, 0x2026, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0xFFFD),
]
# Headings have one weight; their optical size is between that of a card and that of a first page.
WEB_CUTS: dict[str, Mapping[str, object]] = {
    "fraunces-latin.woff2": {"wght": 560, "opsz": 36},
    "atkinson-latin.woff2": {"wght": (400, 700)},
    "atkinson-latin-italic.woff2": {"wght": 400},
    "atkinson-latin-ext.woff2": {"wght": (400, 700)},
}
PAPER_CUTS: dict[str, tuple[str, Mapping[str, object]]] = {
    "display-600.woff2": ("fraunces-latin.woff2", {"wght": 600, "opsz": 60}),
    "text-400.woff2": ("atkinson-latin.woff2", {"wght": 400}),
    "text-700.woff2": ("atkinson-latin.woff2", {"wght": 700}),
    "text-ext-400.woff2": ("atkinson-latin-ext.woff2", {"wght": 400}),
    "text-ext-700.woff2": ("atkinson-latin-ext.woff2", {"wght": 700}),
}


def main() -> None:
    for name, axes in WEB_CUTS.items():
        font = only_french(cut(SOURCES / name, axes), everything="-ext" in name)
        font.flavor = "woff2"
        font.save(WEB / name)
    for name, (source, axes) in PAPER_CUTS.items():
        font = cut(SOURCES / source, axes)
        font.flavor = "woff2"
        font.save(HERE / name)


def cut(source: Path, axes: Mapping[str, object]) -> TTFont:
    return instantiateVariableFont(TTFont(source, recalcTimestamp=False), axes)


def only_french(font: TTFont, *, everything: bool) -> TTFont:
    """``everything``: the names of people from elsewhere, loaded only by pages that hold them."""
    font.flavor = None
    saved = io.BytesIO()
    font.save(saved)  # the cut left out glyphs that its tables still name
    smaller = TTFont(io.BytesIO(saved.getvalue()), recalcTimestamp=False)
    options = Options(layout_features=["*"], hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # the licence stays in the file
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(smaller.getBestCmap()) if everything else FRENCH)
    subsetter.subset(smaller)
    return smaller


if __name__ == "__main__":
    main()
