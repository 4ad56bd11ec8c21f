"""The machine for hours: ``python -m tests.machine.soak`` (see ``make soak``).

The same world and model as ``test_machine``, driven by a seeded random generator; a fresh database for each
world. A failure names its seed and step: ``--replay seed step`` plays that world again.
"""

import argparse
import gc
import json
import logging
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

STEPS, FULL_EVERY, TOLD_EVERY = 2_000, 200, 50
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description="La machine à états, longtemps.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=0, help="0 : until the operations are done")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, default=ROOT / "build", help="of the SQLite databases")
    parser.add_argument("--replay", type=int, nargs=2, metavar=("SEED", "STEP"))
    options = parser.parse_args()
    template = prepare(options.engine)
    if options.replay:
        seed, steps = options.replay
        work = Work(template, options.directory)
        print(work.world(seed, steps) or "No failure.", flush=True)
        work.close()
        return 0
    return Soak(options, template).run()


def prepare(engine: str) -> str:
    """Set up Django on ``engine``; return the template from which each world's database is copied."""
    os.environ["ESCALE_TEST_DB"] = engine
    from tests import databases, environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["TASKS_BACKEND"] = "django_tasks_db.DatabaseBackend"
    assert environment
    import django
    from django.conf import settings

    django.setup()
    logging.disable(logging.WARNING)
    settings.EMAIL_BACKEND = "tests.machine.rows.Outgoing"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from django.db import connections

    return databases.template(connections["default"].settings_dict)


class Work:
    """One process: worlds, one after the other, each on a fresh copy of the template."""

    def __init__(self, template: str, directory: Path) -> None:
        from django.db import connections

        self.template, self.settings = template, connections["default"].settings_dict
        is_file = self.settings["ENGINE"].endswith("sqlite3")
        self.settings["NAME"] = (
            str(directory / f"soak-{os.getpid()}.sqlite3") if is_file else f"soak_{os.getpid()}"
        )
        self.done: Counter[str] = Counter()

    def fresh(self) -> None:
        from django.contrib.contenttypes.models import ContentType
        from django.core.cache import cache
        from django.db import connections
        from wagtail.models import Site as WagtailSite

        from tests import databases

        connections.close_all()
        databases.restore(self.settings, self.template)
        ContentType.objects.clear_cache()
        WagtailSite.clear_site_root_paths_cache()
        cache.clear()

    def world(self, seed: int, steps: int = STEPS, *, until: float = 0, tell: Any = None) -> str:
        """Play one world; what went wrong, or nothing."""
        from django.utils import timezone

        from tests.clock import Clock
        from tests.machine import rows
        from tests.machine.world import OPERATIONS, World

        chance, now, step = random.Random(seed), timezone.now, 0
        names, weights = list(OPERATIONS), list(OPERATIONS.values())
        self.fresh()
        name = "begin"
        try:
            clock = Clock()
            timezone.now = clock  # type: ignore[assignment]
            world = World(clock, seed)
            for step in range(1, steps + 1):
                [name] = chance.choices(names, weights)
                was = world.calls, world.refused
                getattr(world, name)(*(chance.getrandbits(20) for _ in range(3)))
                if world.calls > was[0]:
                    self.done[name] += world.calls - was[0]
                    self.done["refused"] += world.refused - was[1]
                world.check()
                if step % FULL_EVERY == 0:
                    rows.check_all(world)
                if tell and step % TOLD_EVERY == 0:
                    tell(self.done)
                    self.done = Counter()
                if until and time.monotonic() > until:
                    break
            name = "end"
            rows.check_all(world)
            world.end()
        except Exception:  # noqa: BLE001  # whatever it is, it is reported with its seed
            return f"seed {seed}, step {step} ({name}): --replay {seed} {step}\n{traceback.format_exc()}"
        finally:
            timezone.now = now
        return ""

    def close(self) -> None:
        from django.db import connections

        from tests import databases

        connections.close_all()
        databases.remove(self.settings)


class Soak:
    def __init__(self, options: argparse.Namespace, template: str) -> None:
        self.options, self.template = options, template
        self.begin = time.monotonic()
        self.done: Counter[str] = Counter()
        self.worlds, self.failures = 0, list[str]()

    def run(self) -> int:
        context = multiprocessing.get_context("fork")
        said: Any = context.Queue()
        left = context.Value("q", self.options.operations)
        workers = [
            context.Process(target=_work, args=(self.options, self.template, number, left, said), daemon=True)
            for number in range(self.options.processes)
        ]
        for each in workers:
            each.start()
        self._listen(said, len(workers))
        for each in workers:
            each.join()
        self._write()
        self._tell()
        for failure in self.failures:
            print(failure, flush=True)
        return bool(self.failures)

    def _listen(self, said: Any, working: int) -> None:
        told = time.monotonic()
        while working:
            what, facts = said.get()
            if what == "end":
                working -= 1
            elif what == "done":
                self.done.update(facts)
            else:
                self.worlds += 1
                if facts:
                    self.failures.append(facts)
                    print(facts, flush=True)
            if time.monotonic() - told > 60:
                told = time.monotonic()
                self._write()
                self._tell()

    def facts(self) -> dict[str, Any]:
        seconds = time.monotonic() - self.begin
        refused = self.done["refused"]
        operations = sum(self.done.values()) - refused
        return {
            "engine": self.options.engine,
            "operations": operations,
            "refused": refused,
            "worlds": self.worlds,
            "minutes": round(seconds / 60, 1),
            "operations_per_s": round(operations / seconds, 1),
            "processes": self.options.processes,
            "seed": self.options.seed,
            "failures": self.failures,
            "kinds": {name: count for name, count in sorted(self.done.items()) if name != "refused"},
        }

    def _write(self) -> None:
        path = ROOT / "build" / f"soak-{self.options.engine}.json"
        path.write_text(json.dumps(self.facts(), ensure_ascii=False, indent=2))

    def _tell(self) -> None:
        facts = self.facts()
        shown = {
            name: facts[name] for name in ("operations", "refused", "worlds", "minutes", "operations_per_s")
        }
        print(self.options.engine, shown, f"{len(self.failures)} failures", flush=True)


def _work(options: argparse.Namespace, template: str, number: int, left: Any, said: Any) -> None:
    os.nice(5)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    work, world = Work(template, options.directory), 0
    until = time.monotonic() + options.minutes * 60 if options.minutes else 0

    def tell(done: Counter[str]) -> None:
        said.put(("done", dict(done)))
        with left.get_lock():
            left.value -= sum(done.values()) - done["refused"]

    try:
        while left.value > 0 and not (until and time.monotonic() > until):
            seed = options.seed * 1_000_000 + number + world * options.processes
            failed = work.world(seed, until=until, tell=tell)
            tell(work.done)
            work.done = Counter()
            said.put(("world", failed))
            world += 1
    finally:
        work.close()
        said.put(("end", None))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
