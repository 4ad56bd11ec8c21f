"""A command of ours in a process that is forked, not started: the short run spends no time on imports."""

import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from typing import Any


def command(words: list[str], database: dict[str, Any], mail_port: int, log: str) -> None:
    """What the child does: a process group of its own, the settings of the stand, the command."""
    from django.core.management import call_command
    from django.db import connections
    from django.test import override_settings

    os.setsid()
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    connections["default"].settings_dict.update(database)
    override_settings(
        TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}},
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=mail_port,
    ).enable()
    call_command(*words)


class Forked:
    """As much of ``subprocess.Popen`` as the stand needs."""

    def __init__(self, words: list[str], database: dict[str, Any], mail_port: int, log: str) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.concurrency.crowd", "pytest"])
        arguments = (words, database, mail_port, log)
        self.process: BaseProcess = context.Process(target=command, args=arguments, daemon=True)
        self.process.start()
        self.pid = self.process.pid or 0

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        if self.poll() is None:
            self.send_signal(signal.SIGKILL)
