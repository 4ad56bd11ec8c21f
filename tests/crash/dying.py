"""A rule in a process of its own that is killed with -9 just before one of its statements."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connections

from tests.concurrency.acts import Act, answer

BETWEEN = {  # so few that a handful of people are several transactions
    "events.domain.retention.BATCH": 2,
    "certificates.domain.forgetting.BATCH": 2,
    "events.domain.rule_queue.MESSAGES_AT_ONCE": 2,
}


class Death:
    """Around each statement: the one of that number is never heard by the database."""

    def __init__(self, statement: int) -> None:
        self.statement, self.numbers = statement, count(1)

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        if next(self.numbers) == self.statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)


def _act(act: Act, database: dict[str, Any], statement: int, register: str) -> None:
    from unittest.mock import patch

    from django.test import override_settings

    connection = connections["default"]
    connection.settings_dict.update(database)
    override_settings(ERASURES_FILE=register).enable()
    for name, number in BETWEEN.items():
        patch(name, number).start()
    with connection.execute_wrapper(Death(statement)):
        answer(act)


def survived(act: Act, *, statement: int, database: dict[str, Any], folder: Path) -> bool:
    """Do ``act`` until its statement of that number; whether it had fewer."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd", "pytest"])
    arguments = (act, database, statement, str(folder / "effacements.txt"))
    process = context.Process(target=_act, args=arguments, daemon=True)
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0
