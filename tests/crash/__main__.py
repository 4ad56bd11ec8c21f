"""``make crash``: two hundred web workers and two hundred task workers killed, on each engine.

``python -m tests.crash [--kills N] [--minutes N] [--engine …]``: the kills end with either. The figures
are printed and written to build/crash.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.databases import ROOT

ENGINES = ("sqlite", "postgresql")
FILE = ROOT / "build" / "crash.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--engine", choices=ENGINES)
    options = parser.parse_args()
    if options.engine is None:  # the settings are read once per process
        for engine in ENGINES:
            asked = ["--kills", str(options.kills), "--minutes", str(options.minutes), "--engine", engine]
            subprocess.run([sys.executable, "-m", "tests.crash", *asked], check=True)
        return
    os.environ["ESCALE_TEST_DB"] = options.engine
    run(options.engine, options.kills, options.minutes)


def run(engine: str, kills: int, minutes: float) -> None:
    from tests import databases, environment  # noqa: F401  # the second sets the environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()
    from django.db import connection, connections

    from tests.crash import proof
    from tests.crash.run import attack
    from tests.crash.stand import Stand

    databases.install(connection.settings_dict)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            stand = Stand(Path(folder), connection.settings_dict, web_workers=4)
            much = {"web": kills, "task": kills, "task_workers": 4, "visitors": 4}
            found = attack(stand, **much, pause=0.4, grown=8, seconds=minutes * 60)
            print(f"{engine} {found.line()} minutes={(time.monotonic() - began) / 60:.1f}", flush=True)
            known = json.loads(FILE.read_text()) if FILE.exists() else {}
            FILE.write_text(json.dumps(known | {engine: asdict(found)}, indent=2) + "\n")
            proof.assert_nothing_lost(stand, found)
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)


if __name__ == "__main__":
    main()
