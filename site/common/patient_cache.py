"""A cache that is away, full or damaged costs time and not an answer: nothing is found, nothing is kept.

Rate limits then count nothing and let everybody pass; the log says so once a minute. What was to be kept
for ever (the word that says which public pages are right) is written once the cache is back: else pages
made before a change would be shown after it.
"""

import logging
import pickle
import random
import zlib
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

REFUSALS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, pickle.PickleError)
SAY_EVERY = 60  # seconds
CULL_EVERY = 100  # writes
# A server that does not answer is asked again after this, and not by each visitor.
REST = 1.0
FILES = "django.core.cache.backends.filebased.FileBasedCache"
REDIS = "django.core.cache.backends.redis.RedisCache"


def patient(configured: dict[str, Any], *, entries: int) -> dict[str, Any]:
    """``configured`` (an entry of CACHES) with the backend that forgives, and room for ``entries``."""
    name, options = configured["BACKEND"], configured.get("OPTIONS", {})
    if name == REDIS:  # which makes room by itself, and would hand the option on to each connection
        waits = {"socket_connect_timeout": 1, "socket_timeout": 1}
        return {
            **configured,
            "BACKEND": "common.patient_cache.PatientRedis",
            "OPTIONS": {**waits, **options},
        }
    ours = "common.patient_cache.PatientFiles" if name == FILES else name
    return {**configured, "BACKEND": ours, "OPTIONS": {"MAX_ENTRIES": entries, **options}}


class _Health:
    """Of this process: threads have each their own backend."""

    said = -SAY_EVERY * 1.0
    resting_until = 0.0
    owed: dict[tuple[str, int | None], Any] = {}


class Patient:
    """Before a backend of Django: what fails answers as an empty cache would."""

    rests = False
    refusals = REFUSALS

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(Patient, self).get(key, default, version), default)  # type: ignore[misc]

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return self._try(lambda: super(Patient, self).get_many(keys, version), {})  # type: ignore[misc]

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._try(lambda: super(Patient, self).add(key, value, timeout, version), False)  # type: ignore[misc]  # noqa: FBT003

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        def write() -> bool:
            super(Patient, self).set(key, value, timeout, version)  # type: ignore[misc]
            return True

        if not self._try(write, None) and timeout is None:
            _Health.owed[key, version] = value

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._try(lambda: super(Patient, self).touch(key, timeout, version), False)  # type: ignore[misc]  # noqa: FBT003

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._try(lambda: super(Patient, self).delete(key, version), False)  # type: ignore[misc]  # noqa: FBT003

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._try(lambda: super(Patient, self).has_key(key, version), False)  # type: ignore[misc]  # noqa: FBT003

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._try(lambda: super(Patient, self).incr(key, delta, version), delta)  # type: ignore[misc]

    def _try(self, act: Callable[[], Any], otherwise: Any) -> Any:
        if self.rests and monotonic() < _Health.resting_until:
            return otherwise
        try:
            self._pay()
            return act()
        except self.refusals as error:
            tell(error)
            return otherwise

    def _pay(self) -> None:
        """Write what could not be written, oldest first, before anything is read."""
        while _Health.owed:
            (key, version), value = next(iter(_Health.owed.items()))
            super().set(key, value, None, version)  # type: ignore[misc]
            _Health.owed.pop((key, version), None)


class PatientFiles(Patient, FileBasedCache):
    def _cull(self) -> None:
        """Now and then: Django lists the whole directory at each write, longer than the write itself."""
        if random.random() < 1 / CULL_EVERY:  # noqa: S311
            super()._cull()  # type: ignore[misc]


class PatientRedis(Patient, RedisCache):
    rests = True

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        from redis.exceptions import RedisError  # loaded where it serves

        self.refusals = (*REFUSALS, RedisError)


def tell(error: Exception) -> None:
    """In the log, once a minute."""
    now = monotonic()
    _Health.resting_until = now + REST
    if now - _Health.said >= SAY_EVERY:
        _Health.said = now
        logger.error("The cache refuses (%s): rate limits count nothing meanwhile", type(error).__name__)
