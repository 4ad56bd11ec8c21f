"""A signature by hand, as a picture: lines of x, y, x, y… in thousandths of the frame's width."""

from collections.abc import Sequence


def path_of(strokes: Sequence[Sequence[int]]) -> str:
    """The ``d`` of an SVG path; empty when nothing was drawn."""
    return "".join(_line(line) for line in strokes if len(line) >= 2)


def _line(line: Sequence[int]) -> str:
    points = [f"{x} {y}" for x, y in zip(line[::2], line[1::2], strict=False)]
    if len(points) == 1:  # a dot
        points.append(points[0])
    return f"M{points[0]}L{' '.join(points[1:])}"
