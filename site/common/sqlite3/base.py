"""Django's SQLite, whose writers notice soon that the lock is free.

SQLite's own wait sleeps up to 100 ms between two looks, and always in the same steps: where many write, the
lock lies idle most of the time. Here whoever begins a transaction looks again after a moment that is short,
grows a little, and is never the same for two; after ``timeout`` seconds the error is SQLite's own.
"""

import random
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.utils import debug_transaction

SHORTEST, LONGEST = 0.0004, 0.004  # seconds; a durable write of ours takes one or two thousandths
GROWS = 1.03  # at each look: a lock held for long burns no processor
PATIENCE = 5.0  # SQLite's own, where the settings say nothing


class DatabaseWrapper(base.DatabaseWrapper):
    transaction_mode: str | None

    def _start_transaction_under_autocommit(self) -> None:
        begin = f"BEGIN {self.transaction_mode or 'DEFERRED'}"
        patience = float(self.settings_dict["OPTIONS"].get("timeout", PATIENCE))
        with self.wrap_database_errors, debug_transaction(self, begin):
            self.connection.execute("PRAGMA busy_timeout=0")
            try:
                _wait(self.connection, begin, patience)
            finally:
                self.connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")


def _wait(raw: Any, begin: str, patience: float) -> None:
    until, pause = time.monotonic() + patience, SHORTEST
    while True:
        try:
            raw.execute(begin)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
        else:
            return
        time.sleep(pause * random.uniform(1, 3))  # noqa: S311 – nobody gains by guessing it
        pause = min(pause * GROWS, LONGEST / 3)
