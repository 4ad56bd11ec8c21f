"""The hosts: each process knows its own directories, and of the others only what a network would show."""

import http.client
import os
import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import processes
from tests.crash.visitor import NO_ANSWER, RefusedError, register
from tests.databases import url
from tests.processes import PROCFILE, eventually, free_port

WEB, WORKERS = ("web-1", "web-2"), ("worker-1", "worker-2")
BUCKETS = ("escale-media", "escale-private")


class Cluster:
    """``without``: what the nodes do not share, to see what then goes wrong (``cache``, ``files``)."""

    def __init__(
        self, folder: Path, database: dict[str, Any], *, without: frozenset[str] = frozenset()
    ) -> None:
        self.folder, self.database, self.without = folder, database, without
        self.ports = {name: free_port() for name in (*WEB, "mail", "redis", "s3")}
        self.running: dict[str, Any] = {}

    @property
    def web(self) -> tuple[int, int]:
        return self.ports[WEB[0]], self.ports[WEB[1]]

    def start_shared(self) -> None:
        heard, redis = shlex.quote(str(self.folder / "mails")), self.ports["redis"]
        plain = processes.environment(self.database, self.folder / "nowhere")
        lines = {
            "mail": f"python -m tests.crash.mail_server {self.ports['mail']} {heard}",
            "redis": f"redis-server --port {redis} --bind 127.0.0.1 --save '' --appendonly no",
            "s3": f"python -m tests.nodes.bucket_server {self.ports['s3']} {' '.join(BUCKETS)}",
        }
        for name, line in lines.items():
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = processes.start(line, plain, self.folder / f"{name}.log")
        ready = self.folder / "s3.log"
        eventually(lambda: "ready" in ready.read_text(), "the buckets are there", of=self.running["s3"])

    def start(self, name: str) -> None:
        """A node; a worker node runs what works on tasks, and the clock."""
        home = self.folder / name.removesuffix("-clock")
        home.mkdir(exist_ok=True)
        kind = "clock" if name.endswith("clock") else name.split("-")[0]
        self.running[name] = processes.start(PROCFILE[kind], self._said(name, home), home / f"{kind}.log")

    def _said(self, name: str, home: Path) -> dict[str, str]:
        said = {
            **processes.environment(self.database, home / "cache"),
            "DATABASE_URL": url(self.database),
            "MEDIA_ROOT": str(home / "media"),
            "PRIVATE_ROOT": str(home / "private"),
            "IMPORTS_ROOT": str(home / "imports"),
            "ERASURES_FILE": str(home / "effacements.txt"),
            "TMPDIR": str(home),
            "PAGES_CACHE_URL": "locmemcache://pages",
            "TASKS_BACKEND": "django_tasks_db.DatabaseBackend",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "BASE_URL": "http://127.0.0.1",
            "PORT": str(self.ports.get(name, 0)),
            "WEB_WORKERS": "1",
            "REGISTRATIONS_PER_ADDRESS": "100000000",
            "CONN_MAX_AGE": "60",
            "LOG_LEVEL": "ERROR",
        }
        if "cache" not in self.without:
            said["CACHE_URL"] = f"rediscache://127.0.0.1:{self.ports['redis']}/0"
        if "files" not in self.without:
            said |= {
                "S3_BUCKET": BUCKETS[0],
                "S3_PRIVATE_BUCKET": BUCKETS[1],
                "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3']}",
                "S3_REGION": "us-east-1",
                "S3_ADDRESSING": "path",
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "x",
            }
        return said

    def run(self, node: str, command: str) -> None:
        """A command of ours on ``node``, to its end."""
        home = self.folder / node
        line = f"python manage.py {command}"
        process = processes.start(line, self._said(node, home), home / f"{command}.log")
        assert process.wait(processes.PATIENCE) == 0, command

    def kill(self, name: str) -> None:
        """With all its processes, as a machine that loses its power."""
        for each in [each for each in self.running if each.startswith(name)]:
            if self.running[each].poll() is None:
                os.killpg(self.running[each].pid, signal.SIGKILL)
                self.running[each].wait()

    def signal_buckets(self, number: int) -> None:
        os.kill(self.running["s3"].pid, number)


@contextmanager
def standing(cluster: Cluster) -> Iterator[Cluster]:
    try:
        for name in (*WEB, *WORKERS, *(f"{worker}-clock" for worker in WORKERS)):
            cluster.start(name)
        cluster.start_shared()
        for port in cluster.web:
            eventually(lambda port=port: processes.answers(port), "a web node answers")  # type: ignore[misc]
        yield cluster
    finally:
        for process in cluster.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Visitors:
    """People who register one after the other, each time at the other node; the proxy tries both."""

    def __init__(self, ports: tuple[int, int], sessions: list[int], *, number: int = 2) -> None:
        self.ports, self.sessions = ports, sessions
        self.acknowledged: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.moved = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._visit, args=(n,), daemon=True) for n in range(number)]

    def __enter__(self) -> "Visitors":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)

    def more(self, number: int = 4) -> None:
        """Service goes on: so many more are acknowledged."""
        wanted = len(self.acknowledged) + number
        eventually(lambda: len(self.acknowledged) >= wanted or self.refused, "people register")
        assert not self.refused, self.refused[:3]

    def _visit(self, who: int) -> None:
        turn = who
        while not self.over.is_set():
            session, email = self.sessions[turn % len(self.sessions)], f"v{who}-{turn}@example.org"
            if self._through_proxy(session, email, turn):
                self.acknowledged.append((session, email))
                turn += 1

    def _through_proxy(self, session: int, email: str, turn: int) -> bool:
        for attempt in range(2):
            try:
                register(self.ports[(turn + attempt) % 2], str(session), email)
            except NO_ANSWER:
                self.moved += 1
            except RefusedError as error:
                self.refused.append(str(error))
                self.over.wait(0.2)
                return False
            else:
                return True
        self.over.wait(0.05)
        return False


def reachable(port: int, path: str) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        client.request("GET", path)
        return client.getresponse().status
    finally:
        client.close()
