"""What runs Escale: the lines of the Procfile, a mail server, visitors; and whoever kills them."""

import os
import random
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from tests import processes
from tests.crash.forked import Forked
from tests.databases import ROOT
from tests.processes import PATIENCE, PROCFILE, eventually, free_port

BAD_BUILD = 6
WHOLE_SERVER = 0.05


@dataclass
class Stand:
    """Processes by name, each started again when it ends, as systemd would."""

    folder: Path
    database: dict[str, Any]
    web_workers: int = 2
    forks: bool = False
    kills: dict[str, int] = field(default_factory=lambda: {"web": 0, "task": 0, "server": 0})

    def __post_init__(self) -> None:
        self.port, self.mail_port = free_port(), free_port()
        self.running: dict[str, subprocess.Popen[bytes] | Forked] = {}
        self.starts: dict[str, Callable[[], None]] = {}
        self.reviving = threading.Lock()
        self.environment = {
            **processes.environment(self.database, self.folder / "cache"),
            "PAGES_CACHE_URL": "locmemcache://pages",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "TASKS_BACKEND": "django_tasks_db.DatabaseBackend",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "WEB_WORKERS": str(self.web_workers),
            "REGISTRATIONS_PER_ADDRESS": "100000000",
            "CONN_MAX_AGE": "60",
            "LOG_LEVEL": "ERROR",
        }

    def start(self, name: str, line: str) -> None:
        self.starts[name] = partial(self.start, name, line)
        self.running[name] = processes.start(line, self.environment, self.folder / f"{name}.log")

    def start_line(self, name: str, line: str) -> None:
        """What the Procfile calls so; a command of ours may be forked instead."""
        words = PROCFILE[line]
        if self.forks and words.startswith("python manage.py "):
            self.starts[name] = partial(self.start_line, name, line)
            self.running[name] = self.fork(words.split()[2:], name)
        else:
            self.start(name, words)

    def fork(self, words: list[str], name: str) -> Forked:
        where = {"NAME": self.database["NAME"], "CONN_MAX_AGE": 0}
        return Forked(words, where, self.mail_port, str(self.folder / f"{name}.log"))

    def revive(self, prefix: str) -> None:
        """Start again what has ended, as systemd would."""
        with self.reviving:
            for name, process in list(self.running.items()):
                if name.startswith(prefix) and process.poll() is not None:
                    self.kills["server"] += name == "web"
                    self.starts[name]()

    def run(self, *words: str) -> None:
        """A command of ours, to its end."""
        if self.forks:
            code = self.fork(list(words), words[0]).wait(PATIENCE)
        else:
            command = [sys.executable, "manage.py", *words]
            code = subprocess.run(command, cwd=ROOT, env=self.environment, check=False).returncode
        assert code == 0, words

    def end(self, prefix: str, *, number: int = signal.SIGTERM) -> None:
        chosen = [process for name, process in self.running.items() if name.startswith(prefix)]
        for process in chosen:
            if process.poll() is None:
                process.send_signal(number)
        for process in chosen:
            processes.outlive(process, patience=60)

    def answers(self) -> bool:
        return processes.answers(self.port)

    def web_pids(self) -> list[int]:
        """The workers of the web server, without its master."""
        try:
            children = psutil.Process(self.running["web"].pid).children()
            return [child.pid for child in children if "resource_tracker" not in " ".join(child.cmdline())]
        except psutil.NoSuchProcess:
            return []

    def acknowledgements(self) -> int:
        return sum(file.stat().st_size for file in self.folder.glob("acknowledged-*"))

    def mails(self) -> int:
        file = self.folder / "mails"
        return file.stat().st_size if file.exists() else 0

    def kill_web(self) -> None:
        """A worker, or now and then the whole server, which systemd would start again.

        granian takes one that dies within 5.5 s of its birth for a bad build, and ends: those are spared.
        """
        old = [pid for pid in self.web_pids() if _age(pid) >= BAD_BUILD]
        if not old:
            return
        if random.random() < WHOLE_SERVER:
            os.killpg(self.running["web"].pid, signal.SIGKILL)
            self.kills["web"] += 1
        elif _kill(random.choice(old)):
            self.kills["web"] += 1

    def kill_task(self, *, grown: float) -> None:
        """One of those that had time to begin their work; the clock does most of it when it starts."""
        needed = {"task": grown, "clock": grown / 2}
        names = [name for name in self.running if name.startswith(("task", "clock"))]
        old = [name for name in names if _age(self.running[name].pid) >= needed[name.split("-")[0]]]
        if old:
            name = random.choice(old)
            if _kill(self.running[name].pid):
                self.running[name].wait()
                self.kills["task"] += 1


def _age(pid: int) -> float:
    try:
        return time.time() - psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def standing(stand: Stand, *, task_workers: int) -> Iterator[Stand]:
    try:
        heard = shlex.quote(str(stand.folder / "mails"))
        stand.start("mail", f"python -m tests.crash.mail_server {stand.mail_port} {heard}")
        stand.start_line("web", "web")
        for number in range(task_workers):
            stand.start_line(f"task-{number}", "worker")
        stand.start_line("clock", "clock")
        eventually(stand.answers, "the web server answers")
        yield stand
    finally:
        for process in stand.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def visit(stand: Stand, names: list[str], sessions: list[int]) -> None:
    for name in names:
        words = [str(stand.port), name, str(stand.folder), *map(str, sessions)]
        stand.start(f"visitor-{name}", f"python -m tests.crash.visitor {shlex.join(words)}")


def kill_at_random(stand: Stand, *, web: int, task: int, pause: float, grown: float, seconds: float) -> None:
    """Both sorts at once, until each had its number or the time is over; never twice before new work is done.

    Of the web, new work is what visitors noted; of the tasks, what the mail server did. Else a slow machine
    would see processes die before they had begun.
    """

    deadline = time.monotonic() + seconds

    def until(kind: str, number: int, act: Callable[[], None], work: Callable[[], int]) -> None:
        while stand.kills[kind] < number and time.monotonic() < deadline:
            done = work()
            while work() == done and time.monotonic() < deadline:
                stand.revive("")
                time.sleep(0.05)
            time.sleep(random.uniform(0, 2) * pause)
            act()

    killers = [
        threading.Thread(target=until, args=("web", web, stand.kill_web, stand.acknowledgements)),
        threading.Thread(
            target=until, args=("task", task, lambda: stand.kill_task(grown=grown), stand.mails)
        ),
    ]
    for killer in killers:
        killer.start()
    for killer in killers:
        killer.join()
