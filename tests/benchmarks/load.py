"""Visitors in processes of their own, which know nothing of Django: they start at once and weigh little.

A visitor is a generator of ``scripts``: it yields a request, is sent the answer, and returns what came of
it. Each has a connection of their own, kept for the whole visit as a browser does.
"""

import multiprocessing
import re
import selectors
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tests.benchmarks import scripts
from tests.benchmarks.scripts import Answer

PROCESSES = 4
PATIENCE = 120  # seconds without any answer
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Visit = Generator[bytes, Answer, dict[str, Any]]


@dataclass(frozen=True)
class Crowd:
    """``facts`` are the arguments of ``script``, one tuple for each visitor; ``begins`` a monotonic time."""

    port: int
    script: str
    facts: list[tuple[Any, ...]]
    at_once: int
    begins: float


@dataclass(frozen=True)
class Told:
    """``visits`` are what the scripts returned; one that failed is ``{"error": …}``."""

    seconds: float
    visits: list[dict[str, Any]]

    @property
    def errors(self) -> list[str]:
        return [visit["error"] for visit in self.visits if visit.get("error")]


class Load:
    """The processes that visitors live in, kept from one round to the next."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def rush(self, port: int, script: str, facts: list[tuple[Any, ...]], *, at_once: int) -> Told:
        """All the visits, ``at_once`` at the same time; from the first request to the last answer."""
        begins = time.monotonic() + 0.3
        share = max(1, at_once // PROCESSES)
        crowds = [
            Crowd(port, script, facts[number::PROCESSES], share, begins)
            for number in range(min(PROCESSES, at_once))
        ]
        heard = self._pool.map(play, crowds, chunksize=1)
        return Told(
            max(ended for ended, _ in heard) - begins, list(chain.from_iterable(each for _, each in heard))
        )


@contextmanager
def loading() -> Iterator[Load]:
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(time.sleep, [0.2] * PROCESSES)  # all of them have started
        yield Load(pool)


def play(crowd: Crowd) -> tuple[float, list[dict[str, Any]]]:
    """When the last visit ended, and what came of each."""
    write = getattr(scripts, crowd.script)
    waiting = iter(crowd.facts)
    done: list[dict[str, Any]] = []
    time.sleep(max(0.0, crowd.begins - time.monotonic()))
    with selectors.DefaultSelector() as selector:

        def enter() -> None:
            for fact in waiting:
                visitor = _Visitor(crowd.port, write(crowd.port, *fact))
                if visitor.result is None:
                    selector.register(visitor.socket, selectors.EVENT_READ, visitor)
                    return
                done.append(visitor.result)

        for _ in range(crowd.at_once):
            enter()
        while selector.get_map():
            events = selector.select(PATIENCE)
            if not events:
                stuck = [key.data for key in selector.get_map().values()]
                return time.monotonic(), [*done, *({"error": "no answer"} for _ in stuck)]
            for key, _ in events:
                key.data.hear()
                if key.data.result is not None:
                    selector.unregister(key.fileobj)
                    done.append(key.data.result)
                    enter()
    return time.monotonic(), done


@dataclass
class _Visitor:
    port: int
    visit: Visit
    result: dict[str, Any] | None = None
    heard: bytearray = field(default_factory=bytearray)
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.entered_at = time.monotonic()
        try:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ask(next(self.visit))
        except OSError as error:
            self._leave({"error": type(error).__name__})

    def hear(self) -> None:
        try:
            part = self.socket.recv(1 << 18)
        except OSError as error:
            return self._leave({"error": type(error).__name__})
        if not part:
            return self._leave({"error": "connection closed"})
        self.heard += part
        head_end = self.heard.find(b"\r\n\r\n")
        if head_end < 0:
            return None
        length = LENGTH.search(self.heard, 0, head_end + 2)
        if length is None:
            return self._leave({"error": "answer without a length"})
        end = head_end + 4 + int(length[1])
        if len(self.heard) < end:
            return None
        answer = Answer(
            status=int(self.heard[9:12]),
            head=bytes(self.heard[:head_end]),
            body=bytes(self.heard[head_end + 4 : end]),
            seconds=time.monotonic() - self.asked_at,
        )
        self.heard.clear()
        try:
            self._ask(self.visit.send(answer))
        except StopIteration as stop:
            self._leave(stop.value)
        except OSError as error:
            self._leave({"error": type(error).__name__})

    def _ask(self, request: bytes) -> None:
        self.asked_at = time.monotonic()
        self.socket.sendall(request)

    def _leave(self, result: dict[str, Any]) -> None:
        self.result = {"visit_s": time.monotonic() - self.entered_at, **result}
        if hasattr(self, "socket"):
            self.socket.close()
