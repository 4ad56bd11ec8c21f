"""The generation of kept pages: one word in the shared cache, renewed after each write that a page may show.

Writes are seen where all of them pass, on the connection: no rule can forget to tell. Every table
counts, except those that ``settings.TABLES_NO_PAGE_SHOWS`` names: a forgotten line there costs a page
made again, never a page that is wrong. The word changes once the transaction is committed; what was
rolled back changes nothing. A process asks the shared cache for it a few times in a second rather than
at each visit, and knows its own changes at once. A word just learned holds for ``REST``: when fifty
people register in a second, pages are made twice in it and not fifty times.

What frames pages (the menu, a notice, the fields of a form) has a word of its own, which those fifty leave
as it is: nothing there depends on ``settings.TABLES_NO_FRAME_SHOWS``. Both words are read together, in the
order opposite to that of their renewal: no page is kept under a new word around a frame of before.
"""

import re
from collections.abc import Callable
from functools import cache as remember
from secrets import token_urlsafe
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache, caches
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KEY, FRAMES = "public-pages:generation", "public-pages:frames"
# Pages must be right within a second: the rest of it is for making one.
BELIEVED = 0.2
REST = 0.5
KEPT_SECONDS = 60
Made = TypeVar("Made")
WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?)"
    r"\s+[\"`]?(\w+)",
    re.IGNORECASE,
)


class _Known:
    """The words as this process last read them, and until when that will do. An older word is no danger:
    it is asked before a page is made, so that a page is never kept under a word younger than itself."""

    words, until = ("", ""), 0.0
    rests_until = 0.0
    renewals = 0
    lock = Lock()


def generation() -> str:
    """To be asked before a page is made: a page begun before a commit is kept under the old word."""
    return _words()[0]


def frames() -> str:
    return _words()[1]


def _words() -> tuple[str, str]:
    now = monotonic()
    if now < _Known.until:
        return _Known.words
    renewals, words = _Known.renewals, (_shared(KEY), _shared(FRAMES))
    with _Known.lock:  # a commit of another thread, meanwhile: what was read may be older than it
        if renewals == _Known.renewals:
            if words != _Known.words:
                _Known.rests_until = now + REST
                _Known.renewals += 1  # a slower reader, who began before, brings no older word back
            _Known.words, _Known.until = words, max(now + BELIEVED, _Known.rests_until)
    return words


def kept(name: str, make: Callable[[], Made], *, under: Callable[[], str] = generation) -> Made:
    """What ``make`` says, until something changes: for what is long to make and no page holds alone.

    One entry for each ``name``, whatever the changes. Never inside a transaction: it may be undone.
    """
    word = under()
    found: tuple[str, Made] | None = caches["pages"].get(name)
    if found is not None and found[0] == word:
        return found[1]
    made = make()
    caches["pages"].set(name, (word, made), KEPT_SECONDS)
    return made


def renew() -> None:
    cache.set(FRAMES, _new(), None)
    renew_pages()


def renew_pages() -> None:
    """And let their frames be."""
    cache.set(KEY, _new(), None)
    with _Known.lock:
        _Known.renewals += 1
        _Known.until = min(_Known.until, _Known.rests_until)


def _shared(key: str) -> str:
    found: str | None = cache.get(key)
    if found is None:
        cache.add(key, _new(), None)
        found = cache.get(key)
    return found or _new()


def _new() -> str:
    return token_urlsafe(12)


def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """See the writes of ``connection``; a connection opened again is watched once."""
    if notice not in connection.execute_wrappers:
        connection.execute_wrappers.append(notice)


def notice(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    connection, table = context["connection"], written_table(sql)
    _again(connection)
    result = execute(sql, params, many, context)
    if table and table not in _in_no("PAGE"):
        _after(connection, renew_pages if table in _in_no("FRAME") else renew)
        # SQLite, outside of a transaction, commits what returns a row once that row is read.
        connection.renew_again = not connection.in_atomic_block and "RETURNING" in sql
    return result


def _again(connection: Any) -> None:
    if getattr(connection, "renew_again", False):
        connection.renew_again = False
        renew()


def at_the_end(**_: Any) -> None:
    """To be told of ``request_finished``."""
    for each in connections.all(initialized_only=True):
        _again(each)


def written_table(sql: Any) -> str:
    found = WRITE.match(sql) if isinstance(sql, str) else None
    return found[1] if found else ""


@remember
def _in_no(what: str) -> frozenset[str]:
    return frozenset(getattr(settings, f"TABLES_NO_{what}_SHOWS"))


def _after(connection: BaseDatabaseWrapper, changed: Callable[[], None]) -> None:
    waiting = any(callback is changed for _, callback, *_ in connection.run_on_commit)
    if not waiting:  # robust: a full disk loses a purge, for a minute, and not the answer to a registration
        transaction.on_commit(changed, using=connection.alias, robust=True)
