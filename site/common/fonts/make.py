"""Cut the site's variable fonts into the few static ones that certificates use.

WeasyPrint would do it again for every document, at 300 ms each. Run it after a change of the site's
fonts: ``python site/common/fonts/make.py`` (same input, same bytes).
"""

from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "site" / "static" / "escale" / "fonts"
CUTS = {
    "display-600.woff2": ("fraunces-latin.woff2", {"wght": 600, "opsz": 60}),
    "text-400.woff2": ("atkinson-latin.woff2", {"wght": 400}),
    "text-700.woff2": ("atkinson-latin.woff2", {"wght": 700}),
    "text-ext-400.woff2": ("atkinson-latin-ext.woff2", {"wght": 400}),
    "text-ext-700.woff2": ("atkinson-latin-ext.woff2", {"wght": 700}),
}


def main() -> None:
    for name, (source, axes) in CUTS.items():
        font = TTFont(SOURCE / source, recalcTimestamp=False)
        instantiateVariableFont(font, axes, inplace=True)
        font.flavor = "woff2"
        font.save(HERE / name)


if __name__ == "__main__":
    main()
