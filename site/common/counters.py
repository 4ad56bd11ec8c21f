"""Numbers in files that processes of one machine count in together: what a cache of files can not do.

A number is a file of its own, written in place while it is locked: no count is lost, and strangers to
each other never wait. The numbers of one stretch of time lie in one folder, which goes when the next
but one begins.
"""

import fcntl
import os
import shutil
from hashlib import blake2b
from pathlib import Path

LONGEST = 20  # digits


def count_in_file(folder: Path, name: str, *, times: int, seconds: int, window: int) -> int:
    """Count ``times`` more of ``name`` in the stretch ``window`` of so many ``seconds``; how many so far.

    Raises ``OSError`` when the disk refuses.
    """
    file = _opened(folder, seconds, window, _file_name(name))
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        total = _number(os.pread(file, LONGEST, 0)) + times
        os.pwrite(file, b"%d" % total, 0)
        return total
    finally:
        os.close(file)


def counted_in_file(folder: Path, name: str, *, seconds: int, window: int) -> int:
    try:
        return _number((_place(folder, seconds, window) / _file_name(name)).read_bytes())
    except FileNotFoundError:
        return 0


def _opened(folder: Path, seconds: int, window: int, name: str) -> int:
    place = _place(folder, seconds, window)
    try:
        return _open(place / name)
    except FileNotFoundError:
        _begin(folder, seconds, window)
        return _open(place / name)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _begin(folder: Path, seconds: int, window: int) -> None:
    """The stretch before may still be written to by who began in it."""
    _place(folder, seconds, window).mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in folder.glob(f"counts-{seconds}-*"):
        if _number(other.name.rpartition("-")[2].encode()) < window - 1:
            shutil.rmtree(other, ignore_errors=True)


def _place(folder: Path, seconds: int, window: int) -> Path:
    return folder / f"counts-{seconds}-{window}"


def _file_name(name: str) -> str:
    """Nothing of an address is legible in the name of a file."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() else 0
