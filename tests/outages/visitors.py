"""People at a real server before, during and after: what they are answered, and when."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.stand import Stand
from tests.crash.visitor import RefusedError, register
from tests.processes import eventually

WITHIN = 5  # seconds from the return of the database to the first answer


@dataclass
class Answers:
    """Statuses with the moment of their answer; addresses that were acknowledged."""

    statuses: list[tuple[float, int]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    def counted(self) -> Counter[int]:
        return Counter(status for _, status in self.statuses)

    def since(self, moment: float, status: int) -> float | None:
        """How long after ``moment`` the first answer ``status`` came."""
        return next((at - moment for at, each in self.statuses if at > moment and each == status), None)


def get(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request("GET", path, headers={"Host": f"127.0.0.1:{port}", **named})
        response = client.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        return response


def post(port: int, session: int, email: str, answers: Answers) -> None:
    try:
        register(port, str(session), email)
    except RefusedError as refused:
        status = int(str(refused))
    else:
        status = 302
        answers.acknowledged.append(email)
    answers.statuses.append((time.monotonic(), status))


@contextmanager
def crowd(port: int, session: int, *, people: int) -> Iterator[Answers]:
    """They register one after the other, each with a new address, until the end of the block."""
    answers, over = Answers(), threading.Event()

    def come(name: int) -> None:
        number = 0
        while not over.is_set():
            post(port, session, f"p{name}-{number}@example.org", answers)
            number += 1
            over.wait(0.05)

    threads = [threading.Thread(target=come, args=(name,)) for name in range(people)]
    for each in threads:
        each.start()
    try:
        yield answers
    finally:
        over.set()
        for each in threads:
            each.join()


def serve(folder: Path, url: str, *, processes: tuple[str, ...] = ("web",), **environment: str) -> Stand:
    elsewhere = {"ENGINE": "django.db.backends.sqlite3", "NAME": ""}  # replaced below
    stand = Stand(folder, elsewhere, web_workers=1)
    stand.environment |= {
        "DATABASE_URL": url,
        "EMAIL_URL": "dummymail://",
        "WEB_THREADS": "6",
        "LOG_LEVEL": "INFO",
        **environment,
    }
    for name in processes:
        stand.start_line(name, name)
    eventually(stand.answers, "the server answers")
    return stand
