"""Draw the picture of the pages that have none of their own.

Run it after a change of the drawing: ``python -m common.share_image.make`` (same input, same bytes).
"""

from pathlib import Path

from common.share_image import Card, draw

TARGET = Path(__file__).parents[2] / "static" / "escale" / "img" / "partage.png"
DEFAULT = Card(
    title="Où les soignants prennent soin\N{NO-BREAK SPACE}d’eux",
    when="Rencontres et formations, près de chez vous",
    where="Inscription en une minute",
)


def main() -> None:
    TARGET.write_bytes(draw(DEFAULT))


if __name__ == "__main__":
    main()
