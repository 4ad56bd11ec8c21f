"""Escale and the floor as production serves them: the lines of the Procfile, its environment, real HTTP."""

import http.client
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.db import connection

from tests import databases, processes
from tests.processes import PROCFILE, answers, eventually

ROOT = databases.ROOT
BUILD = ROOT / "build" / "bench"
STATIC = BUILD / "static"
# What tests choose for their own sake; a server under measure has what production has.
OF_TESTS = ("PAGES_CACHE_URL", "CONN_MAX_AGE", "TASKS_BACKEND", "STATICFILES_BACKEND", "LOG_LEVEL")
LOG = BUILD / "servers.log"
FLOOR = "tests.benchmarks.floor.project:application"
ESCALE = "config.wsgi:application"
PATIENCE = 120


@dataclass(frozen=True)
class Served:
    port: int
    pid: int
    seconds: float  # from exec to the first answer

    def processes(self) -> list[psutil.Process]:
        parent = psutil.Process(self.pid)
        return [parent, *parent.children(recursive=True)]

    def busy(self) -> float:
        """Seconds of processor that it has used so far: what else the machine does weighs little on them."""
        return sum(sum(process.cpu_times()[:2]) for process in self.processes())


def environment(**said: str) -> dict[str, str]:
    """Production's own, but for limits: everybody comes from one address here, and no two are one person."""
    own = processes.environment(connection.settings_dict, BUILD / f"cache-{os.getpid()}")
    kept = {name: value for name, value in own.items() if name not in OF_TESTS}
    fixed = {
        "STATIC_ROOT": str(STATIC),
        "REGISTRATIONS_PER_ADDRESS": "1000000",
        "EMAIL_URL": "dummymail://",
        "WEB_WORKERS": "4",
    }
    return {**kept, **fixed, **said}


@contextmanager
def escale(path: str = "/calendrier/", **said: str) -> Iterator[Served]:
    with _served(ESCALE, path, environment(**said)) as served:
        yield served


@contextmanager
def floor(sessions: list[int], entries: int = 0) -> Iterator[Served]:
    """On the same engine, in a database of its own; with sessions of these capacities, numbered from one."""
    options = {**connection.settings_dict, "TEST": {}}
    options["NAME"] = _other_name(options["NAME"])
    databases.remove(options)
    if connection.vendor == "postgresql":
        databases.create_empty(options)
    said = {**environment(), "FLOOR_DATABASE": json.dumps(options, default=str)}
    try:
        prepare = [sys.executable, "-m", "tests.benchmarks.floor.project", json.dumps(sessions), str(entries)]
        subprocess.run(prepare, env=said, cwd=ROOT, check=True)
        with _served(FLOOR, "/", said) as served:
            yield served
    finally:
        databases.remove(options)


def _other_name(name: str) -> str:
    path = Path(name)
    return str(path.with_name(path.name.replace("test", "floor")))


def collect_static() -> None:
    """Once, until a file changes: as .ci/demo does."""
    stamp = STATIC.with_suffix(".stamp")
    sources = [ROOT / "requirements.txt", *sorted((ROOT / "site" / "static").rglob("*"))]
    seen = "\n".join(f"{path} {path.stat().st_mtime_ns}" for path in sources if path.is_file())
    if stamp.exists() and stamp.read_text() == seen:
        return
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity=0"]
    subprocess.run(collect, cwd=ROOT, env=environment(), check=True)
    stamp.write_text(seen)


@contextmanager
def running(line: str, said: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    BUILD.mkdir(parents=True, exist_ok=True)
    process = processes.start(line, said, LOG)
    try:
        yield process
    finally:
        processes.end(process)


@contextmanager
def _served(application: str, path: str, said: dict[str, str]) -> Iterator[Served]:
    port = processes.free_port()
    shutil.rmtree(said["CACHE_URL"].removeprefix("filecache://"), ignore_errors=True)
    line = PROCFILE["web"].replace(ESCALE, shlex.quote(application))
    begin = time.monotonic()
    said = {**said, "HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"}
    with running(line, said) as process:
        eventually(lambda: answers(port, path), f"the server answers (see {LOG})", of=process)
        yield Served(port, process.pid, time.monotonic() - begin)


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    return ask(port, "GET", path, headers=headers)


def ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
        client.request(method, path, body, headers or {})
        answer = client.getresponse()
        return answer.status, answer.read()


def open_page(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes, list[str]]:
    """Its status, its body and the cookies that it sets, as a browser sends them back."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as client:
        client.request("GET", path, headers=headers)
        answer = client.getresponse()
        cookies = [value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", [])]
        return answer.status, answer.read(), cookies


def clean() -> None:
    shutil.rmtree(BUILD / f"cache-{os.getpid()}", ignore_errors=True)
