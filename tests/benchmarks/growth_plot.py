"""The plot of what grows: cost against size, both on scales of powers, a panel per family."""

from collections.abc import Mapping, Sequence
from pathlib import Path

WIDE, HIGH, DOTS = 14, 11, 80
GAP = 1.16  # between two names, as a factor


def draw(
    costs: Mapping[str, Mapping[str, Sequence[float]]], steps: Sequence[int], to: Path, engine: str
) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(WIDE, HIGH), layout="constrained")
    for panel, (family, acts) in zip(panels.flat, costs.items(), strict=True):
        for (name, spans), high in zip(_by_end(acts), _places(acts), strict=True):
            [line] = panel.plot(steps, spans, marker="o", markersize=4)
            text = f"{name} × {spans[-1] / spans[0]:.1f}".replace(".", ",")
            panel.annotate(
                text,
                (steps[-1], spans[-1]),
                (steps[-1] * 1.12, high),
                color=line.get_color(),
                va="center",
                fontsize=9,
                arrowprops={"arrowstyle": "-", "color": line.get_color(), "lw": 0.5},
            )
        panel.set(title=family, xscale="log", yscale="log", xlabel="taille", ylabel="ms de processeur")
        panel.set_xlim(steps[0] * 0.9, steps[-1] * 4.5)
        panel.set_xticks(steps, [f"× {step}" for step in steps])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    figure.suptitle(f"Coût selon la taille de tout ce qui n’est pas montré · {engine}")
    figure.savefig(to, dpi=DOTS)
    plt.close(figure)


def _by_end(acts: Mapping[str, Sequence[float]]) -> list[tuple[str, Sequence[float]]]:
    return sorted(acts.items(), key=lambda act: act[1][-1])


def _places(acts: Mapping[str, Sequence[float]]) -> list[float]:
    """Where each name stands: beside the end of its line, a little above the one below."""
    places: list[float] = []
    for _, spans in _by_end(acts):
        least = places[-1] * GAP if places else 0
        places.append(max(spans[-1], least))
    return places
