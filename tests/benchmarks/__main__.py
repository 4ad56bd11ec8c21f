"""``make bench``: what Escale costs on this machine, beside a bare Django project. Figures, never verdicts.

``python -m tests.benchmarks`` measures all that ``keys`` names, on both engines, one after the other, prints
the table and writes ``build/bench.json`` (and ``build/bench-machine.json``).
``python -m tests.benchmarks burst import … [--engine sqlite]`` measures some parts, and keeps nothing.
``python -m tests.benchmarks --table`` prints the last figures as a table for docs/mesures.md.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from tests.benchmarks import table
from tests.benchmarks.keys import ENGINES

# The parts that make up the table, in its order; the others are for whoever works on what they measure.
OWED = ("burst", "open", "pages", "checkins", "exports", "certificates", "feed", "report", "processes")
FURTHER = ("growth", "import", "listing", "catalogue", "accounts", "phones")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("parts", nargs="*", choices=[*OWED, *FURTHER, []], default=[])
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--table", action="store_true", help="print the last figures")
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table:
        print(table.as_markdown())
    elif options.to:
        options.to.write_text(json.dumps(measure(options.parts, options.engine)))
    else:
        told = {
            engine: _apart(options.parts or list(OWED), engine)
            for engine in ([options.engine] if options.engine else ENGINES)
        }
        figures = {engine: each["keys"] for engine, each in told.items()}
        print("", table.as_text(figures), sep="\n")
        if not options.parts and not options.engine:
            table.keep(figures, {engine: each["machine"] for engine, each in told.items()})
        if any(each["failed"] for each in told.values()):
            sys.exit(1)


def _apart(parts: list[str], engine: str) -> dict[str, Any]:
    """In a process of its own: settings are read once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "tests.benchmarks", *parts, "--engine", engine, "--to", str(to)]
        subprocess.run(command, check=True)
        found: dict[str, Any] = json.loads(to.read_text())
        return found


def measure(parts: list[str], engine: str) -> dict[str, Any]:
    """Each part begins with the database as migrations leave it; one that fails costs only its figures."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its servers end with it
    os.environ.update(ESCALE_TEST_DB=engine, ESCALE_TEST_DURABLE="1")
    from tests import databases, environment  # noqa: F401  # the second sets the environment

    for name in ("CONN_MAX_AGE", "TASKS_BACKEND"):  # as production has them
        os.environ.pop(name, None)
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="ERROR")
    import django

    django.setup()
    from django.db import connection, connections

    from tests import factors
    from tests.benchmarks import machine, server
    from tests.benchmarks.parts import PARTS

    factors.sign_in_with_both()
    databases.install(connection.settings_dict)
    keys: dict[str, float] = {}
    failed = []
    try:
        described = machine.description(connection)
        print(f"\n{engine} · {described}", flush=True)
        server.collect_static()
        for part in parts:
            print(f"  {part} … ", end="", flush=True)
            began = time.perf_counter()
            connections.close_all()
            databases.restore(connection.settings_dict)
            try:
                found = PARTS[part]()
            except Exception:  # noqa: BLE001  # the other figures are worth having
                failed.append(part)
                print(traceback.format_exc(), flush=True)
                continue
            keys |= found.keys
            print(f"({time.perf_counter() - began:.0f} s)", *found.notes, sep="\n    ", flush=True)
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)
        server.clean()
    return {"keys": keys, "machine": described, "failed": failed}


if __name__ == "__main__":
    main()
