"""``make bench``: what the hot paths cost on this machine. Figures, never verdicts.

``python -m tests.benchmarks [registrations] [certificates] … [catalogue] [--engine …]``
"""

import argparse
import os
import subprocess
import sys
import time

PARTS = (
    "registrations",
    "certificates",
    "import",
    "report",
    "listing",
    "export",
    "catalogue",
    "accounts",
    "pages",
    "visits",
)
ENGINES = ("sqlite", "postgresql")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--engine", choices=ENGINES)
    options = parser.parse_args()
    if options.engine is None:  # the settings are read once per process
        for engine in ENGINES:
            command = [sys.executable, "-m", "tests.benchmarks", *options.parts, "--engine", engine]
            subprocess.run(command, check=True)
        return
    os.environ["ESCALE_TEST_DB"] = options.engine
    run(options.parts or list(PARTS), options.engine)


def run(parts: list[str], engine: str) -> None:
    from tests import databases, environment  # noqa: F401  # the second sets the environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.db import connection, connections

    from tests import factors
    from tests.benchmarks import machine, measures

    factors.sign_in_with_both()
    databases.install(connection.settings_dict)
    try:
        print(f"\n{engine} · {machine.description(connection)}", flush=True)
        for part in parts:
            print(f"  {part} … ", end="", flush=True)
            began = time.perf_counter()
            figures = measures.MEASURES[part]()
            print(f"({time.perf_counter() - began:.0f} s)", *figures, sep="\n    ", flush=True)
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)


if __name__ == "__main__":
    main()
