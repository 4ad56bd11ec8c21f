"""The plot of what grows: cost against size, both on scales of powers, a panel for each thing that grows.

What does not grow is a thin grey line; what does has a colour and its name.
"""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

WIDE, HIGH, DOTS = 14, 11, 80
GROWS = 2.0  # from the first step to the last: more than chance, less than what grows
GAP = 1.17  # between two names, as a factor
TITLES = {
    "structures": "les autres structures",
    "sessions": "les sessions des autres",
    "inscriptions": "les inscriptions des autres",
    "annees": "le passé de la structure regardée",
}
COLOURS = ("#14666B", "#C8452F", "#7A4FA3", "#B07A00", "#10283B", "#3B7DD8", "#5B8C2A", "#A33E6B")
Families = Mapping[str, Mapping[str, Sequence[float]]]


def draw(
    costs: Mapping[str, Families], sizes: Mapping[str, Sequence[tuple[int, str]]], to: Path, engine: str
) -> None:
    """``sizes``: each way’s steps, and how each reads."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from PIL import Image

    figure, panels = plt.subplots(2, 2, figsize=(WIDE, HIGH), layout="constrained")
    for panel, (way, families) in zip(panels.flat, costs.items(), strict=False):
        steps = [step for step, _ in sizes[way]]
        _lines(panel, steps, families)
        panel.set(xscale="log", yscale="log", ylabel="ms de processeur")
        panel.set_title(f"Ce qui grandit : {TITLES[way]}", loc="left", fontweight="bold")
        panel.set_xlim(steps[0] * 0.9, steps[-1] * 5.5)
        panel.set_xticks(steps, [said for _, said in sizes[way]])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    figure.suptitle(
        f"Coût de ce qui est montré, selon la taille de ce qui ne l’est pas · {engine}\n"
        "en gris, ce qui ne double pas quand tout est dix fois plus grand"
    )
    figure.savefig(to, dpi=DOTS)
    plt.close(figure)
    with Image.open(to) as drawn:
        few = drawn.convert("RGB").quantize(200)
    few.save(to, optimize=True)


def _lines(panel: object, steps: Sequence[int], families: Families) -> None:
    named = {}
    for family, acts in families.items():
        for name, spans in acts.items():
            if spans[-1] / spans[0] > GROWS:
                named[f"{family[:1]}{name}"] = (name, spans)
            else:
                panel.plot(steps, spans, color="#8A97A0", lw=0.6, alpha=0.55)  # type: ignore[attr-defined]
    high = 0.0
    for (name, spans), colour in zip(
        sorted(named.values(), key=lambda each: each[1][-1]), cycle(COLOURS), strict=False
    ):
        high = max(spans[-1], high * GAP)
        panel.plot(steps, spans, marker="o", markersize=4, lw=1.8, color=colour)  # type: ignore[attr-defined]
        panel.annotate(  # type: ignore[attr-defined]
            f"{name} × {spans[-1] / spans[0]:.1f}".replace(".", ","),
            (steps[-1], spans[-1]),
            (steps[-1] * 1.12, high),
            color=colour,
            va="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.5},
        )
