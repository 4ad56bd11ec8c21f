"""Where an uploaded spreadsheet waits between its preview and its confirmation.

Outside of what is served, readable by the server only, under a name that is drawn at random and kept
in the server's session: the browser can neither choose the file nor change it.
"""

import re
import secrets
import time
from pathlib import Path

from django.conf import settings

KEPT_SECONDS = 6 * 3600
_NAME = re.compile(r"[0-9a-f]{40}")


def keep(data: bytes) -> str:
    """Store ``data``; returns its random name. What was forgotten is deleted on the way."""
    folder = Path(settings.IMPORTS_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    purge_forgotten()
    name = secrets.token_hex(20)
    path = folder / name
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data)
    return name


def read(name: str) -> bytes | None:
    """What was kept under ``name``, unless it was forgotten."""
    try:
        return _path(name).read_bytes()
    except FileNotFoundError:
        return None


def forget(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def purge_forgotten() -> int:
    """Delete the files that nobody confirmed; returns how many."""
    before = time.time() - KEPT_SECONDS
    purged = 0
    for path in Path(settings.IMPORTS_ROOT).glob("*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                purged += 1
        except FileNotFoundError:
            continue  # another process was faster
    return purged


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return Path(settings.IMPORTS_ROOT) / name
