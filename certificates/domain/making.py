"""The files of many certificates: one PDF each, then an archive of them and one PDF of all.

Each document is a file as soon as it is made, whole or not at all: whoever starts again makes what is
missing. Memory is that of a few documents, however many there are.
"""

import gc
import logging
import os
import shutil
import threading
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from certificates.domain import files
from certificates.models import Certificate

logger = logging.getLogger(__name__)
Progress = Callable[[int, int], None]

CHUNK = 50
MANY = 30  # documents that are worth a second process
PROCESSES = 2
AHEAD = 8  # documents that wait for their turn in the files
SAY_EVERY = 1.0  # seconds


class LostError(Exception):
    """Another worker goes on with this batch."""


@dataclass(frozen=True)
class Made:
    """``problems`` names certificates by their number in the database; no archive if there is nothing."""

    merged: Path | None
    archive: Path | None
    made: int
    problems: list[dict[str, Any]]


def make_files(*, certificates: QuerySet[Certificate], folder: Path, title: str, progress: Progress) -> Made:
    """Files of those that hold, in their order; the digest of each PDF is kept before anybody gets it."""
    parts = folder / "parts"
    parts.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        keys = list(certificates.values_list("pk", flat=True))
        bundle = _Bundle(keys, folder, progress)
        bundle.make(title)
        if keys == list(certificates.values_list("pk", flat=True)):
            break  # else one of them was revoked or erased meanwhile: it must not leave
    files.remember(bundle.digests)
    shutil.rmtree(parts)
    problems = [{"certificate": pk, "error": error} for pk, error in bundle.failed.items()]
    if not bundle.digests:
        return Made(None, None, 0, problems)
    return Made(bundle.merged, bundle.archive, len(bundle.digests), problems)


class _Bundle:
    """Puts each document into both files as soon as it is there, while the next ones are made."""

    def __init__(self, keys: list[int], folder: Path, progress: Progress) -> None:
        self.keys, self.parts, self.progress = keys, folder / "parts", progress
        self.merged, self.archive = folder / "attestations.pdf", folder / "attestations.zip"
        self.digests: dict[str, int] = {}
        self.failed: dict[int, str] = {}
        self.said_at = 0.0

    def make(self, title: str) -> None:
        from common.pdf_joining import join_pdfs

        with zipfile.ZipFile(self.archive, "w") as archive, self.merged.open("wb") as merged:
            join_pdfs(self._ready(archive), title=title, to=merged)

    def _ready(self, archive: zipfile.ZipFile) -> Iterator[Path]:
        with _makers(len(self.keys)) as makers:
            for certificate, path, error in self._made(makers):
                if error:
                    logger.error("Certificate %s not made: %s", certificate.pk, error)
                    self.failed[certificate.pk] = error
                    continue
                pdf = path.read_bytes()
                archive.writestr(files.archive_name(certificate), pdf)
                self.digests[files.digest(pdf)] = certificate.pk
                self._say()
                yield path

    def _made(self, makers: Executor | None) -> Iterator[tuple[Certificate, Path, str]]:
        """In order; makers are given the next documents before the last of these is waited for."""
        waiting: deque[tuple[Certificate, Path, Callable[[], str]]] = deque()
        for certificate in self._certificates():
            path = self.parts / f"{certificate.pk}.pdf"
            if makers is None:
                yield certificate, path, _make_part(certificate, path)
                continue
            waiting.append((certificate, path, makers.submit(_make_part, certificate, path).result))
            if len(waiting) > AHEAD:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())

    def _certificates(self) -> Iterator[Certificate]:
        for at in range(0, len(self.keys), CHUNK):
            found = Certificate.objects.in_bulk(self.keys[at : at + CHUNK])
            yield from (found[pk] for pk in self.keys[at : at + CHUNK] if pk in found)

    def _say(self) -> None:
        now = time.monotonic()
        if now - self.said_at > SAY_EVERY:
            self.said_at = now
            self.progress(len(self.digests) + len(self.failed), len(self.keys))


def _result(certificate: Certificate, path: Path, result: Callable[[], str]) -> tuple[Certificate, Path, str]:
    return certificate, path, result()


def _make_part(certificate: Certificate, path: Path) -> str:
    """Write the PDF unless it is there; returns what went wrong, as a class: its text may name somebody."""
    try:
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_bytes(files.make(certificate))
            unfinished.replace(path)
    except Exception as error:  # noqa: BLE001 one that cannot be made must not stop the others
        return type(error).__name__
    return ""


@contextmanager
def _makers(documents: int) -> Iterator[Executor | None]:
    """Processes that make documents beside this one, where it is worth it and safe."""
    alone = documents < MANY or threading.active_count() > 1 or (os.cpu_count() or 1) < PROCESSES
    if alone:
        yield None
        return
    files.load()  # once, before the others are copied from this process
    gc.freeze()  # what stands here already is not gone through again and again for garbage
    try:
        with ProcessPoolExecutor(PROCESSES, get_context("fork"), initializer=_let_go_of_database) as makers:
            yield makers
    finally:
        gc.unfreeze()


def _let_go_of_database() -> None:
    """A copied process must neither use nor close the connection of the one that it was copied from."""
    for connection in connections.all(initialized_only=True):
        _kept.append(connection.connection)
        connection.connection = None


_kept: list[Any] = []
