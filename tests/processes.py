"""Programs of ours beside a test, started as production starts them: by the lines of the Procfile."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from typing import Any

from tests.databases import ROOT, url

PATIENCE = 180  # seconds for what a busy machine does slowly
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)


def free_port() -> int:
    """One at which nobody listens now."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(database: dict[str, Any], cache: Path) -> dict[str, str]:
    """This test's own, for a process that opens ``database`` (a ``settings_dict``)."""
    # Without compiled files each process starts in fifteen seconds instead of four.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_URL": url(database),
        "CACHE_URL": f"filecache://{cache}",
    }


def start(line: str, said: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """A process group of its own, which runs ``line`` of the Procfile or one like it."""
    with log.open("ab") as file:
        return subprocess.Popen(
            ["/bin/sh", "-c", f"exec {line}"],
            cwd=ROOT,
            env=said,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def end(process: Any, *, patience: float = 5) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    outlive(process, patience=patience)


def outlive(process: Any, *, patience: float) -> None:
    """Wait for the end of ``process``, a Popen or something like it; then end it with all its children."""
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:  # granian, if one of its processes is still starting
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def eventually(
    condition: Callable[[], object], what: str, *, of: "subprocess.Popen[bytes] | None" = None
) -> None:
    """Wait for ``condition``, as long as the process ``of`` which it is asked runs."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert of is None or of.poll() is None, f"The process ended: {what}"
        assert time.monotonic() < deadline, f"In vain: {what}"
        time.sleep(0.02)


def answers(port: int, path: str = "/calendrier/") -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
            client.request("GET", path)
            return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


@contextmanager
def web_server(folder: Path, database: dict[str, Any], *, workers: int) -> Iterator[int]:
    """The port at which it answers; its cache and its log are in ``folder``."""
    port, log = free_port(), folder / "web.log"
    said = {"PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}", "WEB_WORKERS": str(workers)}
    process = start(PROCFILE["web"], environment(database, folder / "cache") | said, log)
    try:
        eventually(lambda: answers(port), f"the web server answers (see {log})", of=process)
        yield port
    finally:
        end(process, patience=60)
