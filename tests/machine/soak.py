"""The machine for hours: ``python -m tests.machine.soak`` (see ``make soak``).

The same world and model as ``test_machine``, driven by a seeded random generator, in several processes. A
failure names its seed and step: ``--replay seed step`` plays that world again. What was done is counted by
revision in ``build/soak-<engine>.json``; ``--resume`` goes on from there, with worlds not yet played.
"""

import argparse
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from queue import Empty
from typing import Any

from tests.machine.work import Work, prepare

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # databases that nobody keeps
SHOWN = ("operations", "refused", "worlds", "minutes", "operations_per_s", "cpu_ms_per_operation")
MOST_TOLD = 20


def main() -> int:
    parser = argparse.ArgumentParser(description="La machine à états, longtemps.")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=0, help="0 : until the operations are done")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on with what build/ says was done")
    parser.add_argument(
        "--directory",
        type=Path,
        default=MEMORY if os.access(MEMORY, os.W_OK) else ROOT / "build",
        help="of the SQLite databases",
    )
    parser.add_argument("--replay", type=int, nargs=2, metavar=("SEED", "STEP"))
    options = parser.parse_args()
    template = prepare(options.engine)
    if options.replay:
        seed, steps = options.replay
        work = Work(template, options.directory)
        failed = work.world(seed, steps)
        print(failed or "No failure.", flush=True)
        work.close()
        return bool(failed)
    return Soak(options, template).run()


class Soak:
    """Hands out the worlds, and counts what the processes tell."""

    def __init__(self, options: argparse.Namespace, template: str) -> None:
        self.options, self.template = options, template
        self.begin = self.noted = time.monotonic()
        self.path = ROOT / "build" / f"soak-{options.engine}.json"
        before = json.loads(self.path.read_text()) if options.resume and self.path.exists() else {}
        if before and before["seed"] != options.seed:
            raise SystemExit(f"Not the seed of {self.path.name}: {before['seed']}")
        self.done: Counter[str] = Counter(before.get("kinds", {}))
        self.done["refused"] = before.get("refused", 0)
        self.worlds, self.next = before.get("worlds", 0), before.get("next", 0)
        self.failures: list[str] = before.get("failures", [])
        self.failed_before = len(self.failures)
        self.revisions: dict[str, dict[str, float]] = before.get("revisions", {})
        self.own = self.revisions.setdefault(_revision(), {"operations": 0, "minutes": 0, "cpu_minutes": 0})

    def run(self) -> int:
        context = multiprocessing.get_context("fork")
        said: Any = context.Queue()
        left = context.Value("q", self.options.operations - self._operations())
        following = context.Value("q", self.next)
        workers = [
            context.Process(
                target=_work, args=(self.options, self.template, left, following, said), daemon=True
            )
            for _ in range(self.options.processes)
        ]
        for each in workers:
            each.start()
        signal.signal(signal.SIGTERM, lambda *_: _empty(left))
        signal.signal(signal.SIGINT, lambda *_: _empty(left))
        self._listen(said, workers, following)
        for each in workers:
            each.join()
        self._note(following.value)
        return len(self.failures) > self.failed_before

    def _listen(self, said: Any, workers: list[Any], following: Any) -> None:
        working, told = len(workers), time.monotonic()
        while working:
            try:
                what, facts = said.get(timeout=30)
            except Empty:
                working = sum(each.is_alive() for each in workers)
                continue
            if what == "end":
                working -= 1
            elif what == "done":
                self.own["cpu_minutes"] += facts.pop("cpu") / 60
                self.own["operations"] += sum(facts.values()) - facts["refused"]
                self.done.update(facts)
            else:
                self.worlds += not facts
                if facts and len(self.failures) < MOST_TOLD:
                    self.failures.append(facts)
                    print(facts, flush=True)
            if time.monotonic() - told > 60:
                told = time.monotonic()
                self._note(following.value)

    def _operations(self) -> int:
        return sum(self.done.values()) - self.done["refused"]

    def _note(self, following: int) -> None:
        """Write what was done so far, and say it."""
        now = time.monotonic()
        self.own["minutes"] += (now - self.noted) / 60
        self.noted = now
        operations = self._operations()
        minutes = sum(each["minutes"] for each in self.revisions.values())
        cpu = sum(each["cpu_minutes"] for each in self.revisions.values())
        facts = {
            "engine": self.options.engine,
            "operations": operations,
            "refused": self.done["refused"],
            "worlds": self.worlds,
            "minutes": round(minutes, 1),
            "operations_per_s": round(operations / 60 / minutes, 1),
            "cpu_ms_per_operation": round(60_000 * cpu / max(1, operations), 1),
            "processes": self.options.processes,
            "seed": self.options.seed,
            "next": following,
            "revisions": self.revisions,
            "failures": self.failures,
            "kinds": {name: count for name, count in sorted(self.done.items()) if name != "refused"},
        }
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps(facts, ensure_ascii=False, indent=2))
        partial.replace(self.path)
        said = {name: facts[name] for name in SHOWN}
        print(self.options.engine, said, f"{len(self.failures)} failures", flush=True)


def _empty(left: Any) -> None:
    left.value = 0


def _revision() -> str:
    said = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def _work(options: argparse.Namespace, template: str, left: Any, following: Any, said: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    work, spent = Work(template, options.directory), time.process_time()
    until = time.monotonic() + options.minutes * 60 if options.minutes else 0

    def over() -> bool:
        return left.value <= 0 or bool(until and time.monotonic() > until)

    def tell(done: Counter[str]) -> None:
        nonlocal spent
        now = time.process_time()
        said.put(("done", {"refused": 0, **done, "cpu": now - spent}))
        spent = now
        with left.get_lock():
            left.value -= sum(done.values()) - done["refused"]

    try:
        while not over():
            with following.get_lock():
                seed = options.seed * 1_000_000 + following.value
                following.value += 1
            said.put(("world", work.world(seed, tell=tell, stop=over)))
    finally:
        work.close()
        said.put(("end", None))


if __name__ == "__main__":
    sys.exit(main())
