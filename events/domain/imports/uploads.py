"""Where an uploaded spreadsheet waits between its preview and its confirmation.

Outside of what is served, readable by the application only, under a name that is drawn at random and kept
in the server's session: the browser can neither choose the file nor change it. Where machines share their
files, whichever of them is asked to confirm finds it.
"""

import re
import secrets
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

KEPT_SECONDS = 6 * 3600
_NAME = re.compile(r"[0-9a-f]{40}")


def keep(data: bytes) -> str:
    """Store ``data``; returns its random name. What was forgotten is deleted on the way."""
    purge_forgotten()
    return _place().save(secrets.token_hex(20), ContentFile(data))


def read(name: str) -> bytes | None:
    """What was kept under ``name``, unless it was forgotten."""
    if not _NAME.fullmatch(name):
        return None
    try:
        with _place().open(name) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return None
    return content


def forget(name: str) -> None:
    if _NAME.fullmatch(name):
        _place().delete(name)


def purge_forgotten() -> int:
    """Delete the files that nobody confirmed; returns how many."""
    place, purged = _place(), 0
    before = timezone.now() - timedelta(seconds=KEPT_SECONDS)
    for name in _kept(place):
        try:
            if place.get_modified_time(name) < before:
                place.delete(name)
                purged += 1
        except FileNotFoundError:
            continue  # another process was faster
    return purged


def _kept(place: Storage) -> list[str]:
    try:
        return [name for name in place.listdir("")[1] if _NAME.fullmatch(name)]
    except FileNotFoundError:  # nothing was ever kept
        return []


def _place() -> Storage:
    return storages["imports"]
