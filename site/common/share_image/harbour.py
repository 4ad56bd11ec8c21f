"""What every picture shows: sand, the sea in the activity's hue, the sun, our boat and our mark."""

from functools import cache
from math import pi, sin

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 630
FINE = 3  # drawn larger, then reduced: Pillow does not smooth edges
Colour = tuple[int, int, int]
Point = tuple[float, float]

SAND, INK, SUN, WHITE = (250, 246, 239), (16, 40, 59), (242, 181, 68), (255, 255, 255)
JIB, PENNANT, DAWN, SEA = (239, 232, 220), (200, 69, 47), (251, 231, 198), (20, 102, 107)
# Far, mid and near waves of each hue of an activity.
WAVES: dict[str, tuple[Colour, Colour, Colour]] = {
    "sea": ((185, 216, 210), (95, 166, 162), (20, 102, 107)),
    "buoy": ((243, 207, 196), (221, 133, 113), (185, 61, 38)),
    "sun": ((251, 231, 198), (246, 204, 127), (198, 132, 24)),
    "ink": ((196, 210, 222), (119, 150, 178), (47, 86, 119)),
}


@cache
def background(hue: str) -> Image.Image:
    """Copy it before drawing on it."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), SAND)
    canvas = ImageDraw.Draw(image)
    far, mid, near = WAVES.get(hue, WAVES["sea"])
    _disc(canvas, (1016, 446), 102, DAWN)
    _disc(canvas, (1016, 446), 70, SUN)
    _wave(canvas, far, level=478, swell=13, length=430, shift=0.4)
    _wave(canvas, mid, level=512, swell=10, length=300, shift=2.1)
    _boat(canvas, (908, 516), 1.4)
    _wave(canvas, near, level=544, swell=9, length=260, shift=0.9)
    _wave(canvas, INK, level=584, swell=7, length=240, shift=3.0)
    _mark(image, (64, 52), 52)
    return image.reduce(FINE)


def _boat(canvas: ImageDraw.ImageDraw, at: Point, scale: float) -> None:
    """The boat of ``includes/art/boat.html``; ``at`` is where its mast meets the water."""

    def place(points: list[Point]) -> list[Point]:
        return [((at[0] + x * scale) * FINE, (at[1] + y * scale) * FINE) for x, y in points]

    canvas.line(place([(0, -122), (0, -26)]), fill=INK, width=round(4 * scale * FINE))
    canvas.polygon(place([(2, -122), (22, -116), (2, -109)]), fill=PENNANT)
    canvas.polygon(
        place([(5, -110), *_curve((5, -110), (40, -88), (50, -60), (50, -38)), (5, -38)]), fill=WHITE
    )
    canvas.polygon(
        place([(-5, -102), *_curve((-5, -102), (-24, -80), (-34, -58), (-39, -38)), (-5, -38)]), fill=JIB
    )
    keel = [
        *_curve((58, -28), (54, -14), (46, -4), (36, 0)),
        *_curve((-28, 0), (-40, -4), (-50, -14), (-54, -28)),
    ]
    canvas.polygon(place([(-54, -28), (58, -28), *keel]), fill=INK)


def _mark(image: Image.Image, at: Point, side: int) -> None:
    """The brand's square, as in ``includes/brand.html``."""
    unit = side * FINE / 32
    tile = Image.new("RGB", (side * FINE, side * FINE), DAWN)
    canvas = ImageDraw.Draw(tile)
    canvas.ellipse([8.5 * unit, 6.5 * unit, 23.5 * unit, 21.5 * unit], fill=SUN)
    for level, colour in ((18.7, SEA), (25, INK)):
        crest = [(x * unit, (level + 1.2 * sin(x * 2 * pi / 12.8 - pi / 2)) * unit) for x in range(33)]
        canvas.polygon([*crest, (32 * unit, 32 * unit), (0, 32 * unit)], fill=colour)
    mask = Image.new("L", tile.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, tile.width - 1, tile.height - 1], 8 * unit, fill=255)
    image.paste(tile, (round(at[0] * FINE), round(at[1] * FINE)), mask)


def _wave(
    canvas: ImageDraw.ImageDraw, colour: Colour, *, level: float, swell: float, length: float, shift: float
) -> None:
    crest = [
        (x * FINE, (level + swell * sin(2 * pi * x / length + shift)) * FINE) for x in range(0, WIDTH + 8, 4)
    ]
    canvas.polygon([*crest, (WIDTH * FINE, HEIGHT * FINE), (0, HEIGHT * FINE)], fill=colour)


def _disc(canvas: ImageDraw.ImageDraw, centre: Point, radius: float, colour: Colour) -> None:
    x, y, r = centre[0] * FINE, centre[1] * FINE, radius * FINE
    canvas.ellipse([x - r, y - r, x + r, y + r], fill=colour)


def _curve(start: Point, one: Point, two: Point, end: Point) -> list[Point]:
    """A cubic Bézier curve in sixteen steps."""
    points = []
    for step in range(17):
        t = step / 16
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append(
            tuple(a * p + b * q + c * r + d * s for p, q, r, s in zip(start, one, two, end, strict=True))
        )
    return points  # type: ignore[return-value]
