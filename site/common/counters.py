"""Numbers in files that processes of one machine count in together: what a cache of files can not do.

The numbers of one stretch of time lie in one folder, which goes when the next but one begins; there, each in
one of 256 files, as a digest and a number of a fixed length, written in place while the file is locked. No
count is lost, strangers rarely wait, and whoever types a hundred thousand addresses fills two megabytes.
"""

import fcntl
import os
import shutil
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

DIGEST, NUMBER = 16, 8  # bytes
LENGTH = DIGEST + NUMBER


def count_in_file(folder: Path, name: str, *, times: int, seconds: int, window: int) -> int:
    """Count ``times`` more of ``name`` in the stretch ``window`` of so many ``seconds``; how many so far.

    Raises ``OSError`` when the disk refuses.
    """
    own = _digest(name)
    file = _opened(folder, seconds, window, own)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        table = os.pread(file, os.fstat(file).st_size, 0)
        place = _place(table, own)
        total = _number(table, place) + times
        os.pwrite(file, own + total.to_bytes(NUMBER, "big"), place)
        return total
    finally:
        os.close(file)


def counted_in_file(folder: Path, name: str, *, seconds: int, window: int) -> int:
    own = _digest(name)
    try:
        table = (_folder(folder, seconds, window) / own[:1].hex()).read_bytes()
    except FileNotFoundError:
        return 0
    return _number(table, _place(table, own))


def _opened(folder: Path, seconds: int, window: int, own: bytes) -> int:
    path = _folder(folder, seconds, window) / own[:1].hex()
    try:
        return _open(path)
    except FileNotFoundError:
        _begin(folder, seconds, window)
        return _open(path)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _begin(folder: Path, seconds: int, window: int) -> None:
    """The stretch before may still be written to by who began in it."""
    _folder(folder, seconds, window).mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in folder.glob(f"counts-{seconds}-*"):
        number = other.name.rpartition("-")[2]
        if number.isdigit() and int(number) < window - 1:
            shutil.rmtree(other, ignore_errors=True)


def _folder(folder: Path, seconds: int, window: int) -> Path:
    return folder / f"counts-{seconds}-{window}"


def _digest(name: str) -> bytes:
    """Whoever reads the files learns no address, not even by trying them all."""
    return blake2b(name.encode(), digest_size=DIGEST, key=settings.SECRET_KEY.encode()[:64]).digest()


def _place(table: bytes, own: bytes) -> int:
    """Where ``own`` stands, or will; a last entry that was cut by a power cut is written over."""
    place = table.find(own)
    while place >= 0 and place % LENGTH:
        place = table.find(own, place + 1)
    return place if place >= 0 else len(table) // LENGTH * LENGTH


def _number(table: bytes, place: int) -> int:
    return int.from_bytes(table[place + DIGEST : place + LENGTH], "big")
