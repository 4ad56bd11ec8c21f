"""Log lines that name nobody: paths hold personal links, and the text of an exception may quote a row."""

import logging
import traceback
from copy import copy
from typing import Any


class QuietFormatter(logging.Formatter):
    """A request is told by its route and not its path, an exception by its class and places, not its text."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        args = record.args
        if hasattr(request, "path") and isinstance(args, tuple):
            record = copy(record)
            record.args = _with_route(args, request)
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        kind, _error, places = ei
        return "".join(traceback.format_tb(places)) + kind.__name__


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """A task is told of when it fails: the worker would tell its start and its end, whatever its level."""
    return record.levelno >= logging.WARNING or not record.name.startswith("django_tasks")


def _with_route(args: tuple[Any, ...], request: Any) -> tuple[Any, ...]:
    match = getattr(request, "resolver_match", None)
    route = match.route if match else "(no such page)"
    paths = (request.path, request.path.encode("unicode_escape").decode("ascii"))  # Django writes the latter
    return tuple(route if arg in paths else arg for arg in args)
