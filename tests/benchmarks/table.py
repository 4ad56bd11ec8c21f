"""The figures beside their targets; where they are kept."""

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.keys import ENGINES, TARGETS, Target

BUILD = Path(__file__).resolve().parents[2] / "build"
FIGURES, MACHINE = BUILD / "bench.json", BUILD / "bench-machine.json"
Found = dict[str, dict[str, float]]


def keep(figures: Found, machine: dict[str, str]) -> None:
    BUILD.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    MACHINE.write_text(json.dumps(machine, indent=2, ensure_ascii=False) + "\n")


def as_text(figures: Found) -> str:
    """Only what was measured: a part alone has a short table."""
    measured = [key for key in TARGETS if any(key in found for found in figures.values())]
    rows = [("", *_NAMES.values(), "cible", "tenue")]
    rows += [_row(key, figures) for key in measured]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    if not measured:
        return ""
    return "\n".join(_aligned(row, widths) for row in rows)


def as_markdown() -> str:
    """For docs/mesures.md: of the last whole run."""
    figures, machine = json.loads(FIGURES.read_text()), json.loads(MACHINE.read_text())
    lines = [*(f"- {text}" for text in machine.values()), ""]
    lines += ["| Mesure | SQLite | PostgreSQL | Cible | Tenue |", "| --- | ---: | ---: | --- | --- |"]
    for key in TARGETS:
        name, *rest = _row(key, figures)
        lines.append(f"| {' | '.join([f'`{name}`', *rest])} |")
    return "\n".join(lines)


_NAMES = dict(zip(ENGINES, ("SQLite", "PostgreSQL"), strict=True))


def _row(key: str, figures: Found) -> tuple[str, ...]:
    target = TARGETS[key]
    found = [figures.get(engine, {}).get(key) for engine in ENGINES]
    said = ["—" if figure is None else f"{figure:g}" for figure in found]
    return key, *said, str(target), _met(target, found)


def _met(target: Target, found: list[Any]) -> str:
    verdicts = [None if figure is None else target.met_by(figure) for figure in found]
    known = [verdict for verdict in verdicts if verdict is not None]
    if not known:
        return ""
    if len(set(known)) == 1:
        return "oui" if known[0] else "non"
    return f"{_NAMES[ENGINES[verdicts.index(True)]]} seulement"


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    name, one, other, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join(
        [
            name.strip().ljust(widths[0]),
            one,
            other,
            *(each.strip().ljust(w) for each, w in zip(rest, widths[3:], strict=True)),
        ]
    ).rstrip()
