"""The register of erasures: whom a restored backup must forget again.

A small file outside of the database, which a backup older than an erasure does not know: a line per
account, its number and the instant, nothing that names anybody. It only grows. Written when an erasure is
committed; ``catch_up`` adds what another machine, or a process that died just then, left out.
"""

import os
import socket
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from common.durable import sync_directory
from members.models import User

HOUR = 3600
HEADER = (
    "# Escale : comptes effacés (numéro, instant). Ne contient aucun nom ; à copier hors de la machine.\n"
)

Register = dict[int, datetime]


def path() -> Path:
    return Path(settings.ERASURES_FILE)


def note(account: int, erased_at: datetime) -> None:
    """Add one line, on disk before we return."""
    _append(path(), {account: erased_at})


def catch_up_hourly() -> int:
    """``catch_up``, once an hour on each machine: it looks at every account."""
    if not cache.add(f"erasures-{socket.gethostname()}", "done", HOUR):
        return 0
    return catch_up()


def catch_up() -> int:
    """Add every erased account that the register does not have yet; returns how many."""
    known = read(path())
    erased = User.objects.filter(erased_at__isnull=False).order_by("erased_at", "pk")
    missing = {
        pk: at for pk, at in erased.values_list("pk", "erased_at") if pk not in known and at is not None
    }
    if missing:
        _append(path(), missing)
    return len(missing)


def read(file: Path) -> Register:
    """What a register says; a line that was cut by a power cut is passed over."""
    try:
        return parse(file.read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return {}


def parse(text: str) -> Register:
    found: Register = {}
    for line in text.splitlines():
        number, _tab, instant = line.partition("\t")
        try:
            account, at = int(number), datetime.fromisoformat(instant)
        except ValueError:
            continue
        if timezone.is_aware(at):
            found[account] = max(at, found.get(account, at))
    return found


def merge(others: Iterable[Mapping[int, datetime]]) -> None:
    """Make our register know what ``others`` know."""
    known = read(path())
    missing = {pk: at for other in others for pk, at in other.items() if pk not in known}
    if missing:
        _append(path(), missing)


def _append(file: Path, lines: Register) -> None:
    text = "".join(f"{pk}\t{at.isoformat()}\n" for pk, at in lines.items())
    is_new = not file.exists()
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size == 0:
            text = HEADER + text
        elif os.pread(handle, 1, size - 1) != b"\n":  # a line that was cut
            text = "\n" + text
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        sync_directory(file.parent)
