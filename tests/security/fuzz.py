"""Hostile requests over every address and role: no answer of 500 or more, nothing of B told to others.

``python -m tests.security.fuzz --requests 100000 --processes 2`` (``make fuzz``); ``ESCALE_TEST_DB`` chooses
the engine. Each failure is printed with its seed and as one line that ``--replay`` sends again. Every
request is undone, so that each meets the whole world; a share goes over real sockets (``wire``).
"""

import argparse
import io
import json
import logging
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import django
from django.apps import apps

if not apps.ready:  # by itself, or as one of its processes
    import tests.environment  # noqa: F401  # before the settings are read

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections, transaction

from tests import factories
from tests.access_world import CANARY, Place, Visitor, open_place, readable
from tests.security.requests import ROLES, Asked, Requests

MOST_FAILURES = 60
# Whoever holds such a link is the person it was sent to, and reads their own name.
BEARER = (
    *("events:registration", "events:withdraw", "events:consents", "events:accept_offer"),
    *("events:decline_offer", "events:survey", "events:participants", "events:feed_personal"),
    *("certificates:convocation", "certificates:download", "certificates:certificate"),
    *("wagtaildocs_serve", "wagtail_serve"),
)
MAY_READ_B = ("coordinator of B", "administrator")


class Handler(WSGIHandler):
    """The application as the server calls it, but that it lets a form through without its token."""

    def get_response(self, request: Any) -> Any:
        request._dont_enforce_csrf_checks = not request.META.get("fuzz.csrf")
        return super().get_response(request)


class Heard(logging.Handler):
    """What was logged as an error while one request was answered."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("django.security"):  # a refusal, such as that of a wrong host
            return
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.lines.append(f"{record.name}: {record.getMessage()}\n{trace}")


@dataclass
class Result:
    seed: int
    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)
    forms: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    seconds: float = 0

    def fail(self, asked: Asked, wrong: str) -> None:
        """One example of each kind is enough."""
        last = wrong.strip().splitlines()[-1].partition(":")[0][:80]
        kind = f"{asked.name} {last}"
        if kind not in self.failures:
            self.failures[kind] = f"seed {self.seed}, number {self.asked}: {wrong}\n{asked.text()}"
            print(f"✗ {self.failures[kind]}\n", flush=True)


class Knocker:
    """Sends requests to the application of this process, each in a transaction that is undone."""

    def __init__(self, places: tuple[Place, Place]) -> None:
        a, b = places
        users = (None, factories.make_user(), a.trainer, a.coordinator, b.coordinator, factories.make_admin())
        self.cookies = {role: Visitor(user).cookies.strip() for role, user in zip(ROLES, users, strict=True)}
        # They would close the connection that holds the world.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        self.handler, self.heard = Handler(), Heard()
        self.handler.load_middleware()

    def ask(self, asked: Asked, *, place: int = 0) -> tuple[int, Any, str]:
        """The status, the response, and what is wrong with it."""
        self.heard.lines.clear()
        statuses: list[int] = []
        root = logging.getLogger()
        root.addHandler(self.heard)
        response = None
        try:
            with transaction.atomic():
                environ = self._environ(asked, place)
                response = self.handler(environ, lambda status, _headers: statuses.append(int(status[:3])))
                said = readable(response)
                response.close()
                transaction.set_rollback(True)
        except Exception:  # noqa: BLE001  # whatever it is, it must not leave the application
            return 0, response, traceback.format_exc()
        finally:
            root.removeHandler(self.heard)
        return statuses[0], response, self._wrong(asked, statuses[0], said, _markup(response, said))

    def _wrong(self, asked: Asked, status: int, said: str, markup: str) -> str:
        if status >= 500 or self.heard.lines:
            return f"{status}\n" + "\n".join(self.heard.lines)[-6_000:]
        told = CANARY.lower().encode() not in asked.body.lower()  # not what was sent, sent back
        if asked.role not in MAY_READ_B and told and not asked.name.startswith(BEARER):
            for known in {asked.path, unquote(asked.path), asked.query, unquote(asked.query)} - {""}:
                said = said.replace(known, "")
            if CANARY.lower() in said.lower():
                where = said.lower().index(CANARY.lower())
                return f"{status}, tells of B: {said[max(0, where - 200) : where + 60]!r}"
        for raw in ("<script>alert(1)</script>", '"><img src=x'):
            if raw in markup:
                shown = markup[max(0, markup.index(raw) - 300) :][:360]
                return f"{status}, wrote what was sent as it was: {shown!r}"
        return ""

    def _environ(self, asked: Asked, place: int) -> dict[str, Any]:
        environ = {
            "REQUEST_METHOD": asked.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(asked.path.encode("utf-8", "surrogatepass")).decode("latin-1"),
            "QUERY_STRING": asked.query.encode("utf-8", "surrogatepass").decode("latin-1"),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}",
            "CONTENT_LENGTH": str(len(asked.body)),
            "CONTENT_TYPE": asked.content_type,
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": self.cookies[asked.role],
            "fuzz.csrf": asked.checks_csrf,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in asked.headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            environ[key] = f"{environ[key]}; {value}" if name == "Cookie" else value
        return environ


def _markup(response: Any, said: str) -> str:
    """What a browser may take for its own: a page, a drawing, the part of a JSON answer that is one.

    Nothing guesses at the rest (``nosniff``), and JSON or a file quotes what was sent as it likes.
    """
    kind = response.get("Content-Type", "text/html")
    if "json" not in kind:
        return said if "html" in kind or "xml" in kind else ""
    with suppress(ValueError):
        told = json.loads(response.content)
        return str(told.get("html", "")) if isinstance(told, dict) else ""
    return said


@contextmanager
def world() -> Iterator[tuple[Place, Place]]:
    with transaction.atomic():
        yield open_place("a", "Alpha"), open_place("b", CANARY)
        transaction.set_rollback(True)


def knock(places: tuple[Place, Place], *, seed: int, requests: int, sweeps: bool = True) -> Result:
    """``requests`` of them, the same for the same seed."""
    began = time.monotonic()
    random, result = Random(seed), Result(seed)
    drawn, knocker = Requests(random, places), Knocker(places)
    first = list(drawn.sweep()) if sweeps else random.sample(list(drawn.sweep()), requests // 6)
    while result.asked < requests and len(result.failures) < MOST_FAILURES:
        asked = first.pop() if first else drawn.draw()
        if result.asked % 50 == 0:
            cache.clear()
        status, response, wrong = knocker.ask(asked, place=result.asked)
        result.asked += 1
        if result.asked % 2_000 == 0:
            print(f"  seed {seed}: {result.asked} of {requests}", flush=True)
        result.statuses[status] += 1
        result.names.add(asked.name)
        if wrong:
            result.fail(asked, wrong)
        elif asked.method == "GET" and status == 200 and _is_page(response):
            drawn.learn(asked, readable(response))
    result.forms, result.seconds = len(drawn.forms), time.monotonic() - began
    return result


def _is_page(response: Any) -> bool:
    return response.get("Content-Type", "").startswith("text/html") and not response.streaming


def _one_process(seed: int, requests: int, answers: Any) -> None:
    try:
        answers.put(_with_a_database(lambda places: knock(places, seed=seed, requests=requests)))
    except Exception:  # noqa: BLE001  # whatever it is, the run shows it
        print(traceback.format_exc(), flush=True)
        answers.put(Result(seed, failures={"process": traceback.format_exc()}))


def _with_a_database(act: Any) -> Any:
    """``act`` on the two places, in a database that is this process's own."""
    from tests import databases

    prepare()
    connection = connections["default"]
    databases.install(connection.settings_dict)
    try:
        with world() as places:
            return act(places)
    finally:
        connections.close_all()
        databases.remove(connection.settings_dict)


def prepare() -> None:
    """As ``tests.conftest`` does for a test."""
    from django.conf import settings
    from django.test.utils import setup_test_environment

    from tests import factors

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    factors.sign_in_with_both()
    setup_test_environment()


def _replay(text: str) -> Result:
    asked = Asked.read(text)

    def act(places: tuple[Place, Place]) -> Result:
        status, _response, wrong = Knocker(places).ask(asked)
        print(wrong)
        return Result(0, 1, Counter([status]), {asked.name}, 0, {"replay": wrong} if wrong else {})

    return _with_a_database(act)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--wire", type=int, default=2_000, help="of which over real sockets")
    parser.add_argument("--replay", help="a line that an earlier run printed; « - » reads it")
    options = parser.parse_args()
    logging.disable(logging.NOTSET)
    if options.replay:
        results = [_replay(sys.stdin.read() if options.replay == "-" else options.replay)]
    else:
        results = list(_all(options))
    return _report(results)


def _all(options: argparse.Namespace) -> Iterator[Result]:
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    share = (options.requests - options.wire) // options.processes
    crowd = [
        context.Process(target=_one_process, args=(options.seed + i, share, answers), daemon=True)
        for i in range(options.processes)
    ]
    for each in crowd:
        each.start()
    if options.wire:
        from tests.security import wire

        yield wire.knock(seed=options.seed, requests=options.wire)
    yield from (answers.get() for _ in crowd)


def _report(results: list[Result]) -> int:
    statuses: Counter[int] = sum((result.statuses for result in results), Counter())
    failures = [failure for result in results for failure in result.failures.values()]
    figures = {
        "requests": sum(result.asked for result in results),
        "addresses": len(set().union(*(result.names for result in results))),
        "forms": max((result.forms for result in results), default=0),
        "statuses": dict(sorted(statuses.items())),
        "failures": len(failures),
        "seconds": round(max(result.seconds for result in results)),
    }
    print(json.dumps(figures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
