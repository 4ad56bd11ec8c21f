"""Log lines that name nobody: paths hold personal links, and the text of an exception may quote a row.

Two forms, with the same words: lines to read (``QuietFormatter``), JSON for a program (``JsonLines``).
"""

import logging
import traceback
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# What ties together the lines that one request left; empty elsewhere.
request_id: ContextVar[str] = ContextVar("request_id", default="")
# All that a line may hold beside its text: anything else that a library hangs on it could name somebody.
FACTS = ("route", "method", "status", "ms", "account")


class Quiet:
    """A request is told by its route and not its path, an exception by its class and places, not its text."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        args = record.args
        if hasattr(request, "path") and isinstance(args, tuple):
            record = copy(record)
            record.args = _with_route(args, request)
        return super().format(record)  # type: ignore[misc]

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        kind, _error, places = ei
        return "".join(traceback.format_tb(places)) + kind.__name__


class QuietFormatter(Quiet, logging.Formatter):
    """A line to read, with the request that left it."""

    def format(self, record: logging.LogRecord) -> str:
        line, of = super().format(record), request_id.get()
        return f"{line} [{of}]" if of else line


class JsonLines(Quiet, JsonFormatter):
    """One object a line: time, level, logger, process, message, and the facts that ``FACTS`` names."""

    def __init__(self, *, process: str) -> None:
        super().__init__(json_ensure_ascii=False)
        self.process = process

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        request = getattr(record, "request", None)
        log_data.update(
            time=datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            level=record.levelname,
            logger=record.name,
            process=self.process,
            message=record.message,
        )
        if of := request_id.get():
            log_data["request_id"] = of
        if hasattr(request, "path"):
            log_data["route"] = route_of(request)
        log_data.update({name: getattr(record, name) for name in FACTS if hasattr(record, name)})
        if "exc_info" in message_dict:
            log_data["exception"] = message_dict["exc_info"]


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """A task is told of when it fails: the worker would tell its start and its end, whatever its level.

    An outage meets every visitor: ``common.outages`` tells of it, without a traceback each time.
    """
    if record.name == "django.request" and getattr(record, "status_code", 0) == 503:
        return False
    return record.levelno >= logging.WARNING or not record.name.startswith("django_tasks")


def route_of(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return str(match.route) if match else "(no such page)"


def _with_route(args: tuple[Any, ...], request: Any) -> tuple[Any, ...]:
    paths = (request.path, request.path.encode("unicode_escape").decode("ascii"))  # Django writes the latter
    return tuple(route_of(request) if arg in paths else arg for arg in args)
