"""One archive: a tar whose last member, the manifest, names each other one with its size and its digest.

Cut short, it has no manifest, and is refused. Nothing is extracted under a name that it does not have.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from common.errors import DomainError
from pages.domain.backups.places import PREFIX

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
DAMAGED = "Cette archive est incomplète ou abîmée : rien n’a été touché."
UNKNOWN = "Cette archive vient d’une version d’Escale plus récente : mettez d’abord le code à jour."


@dataclass(frozen=True)
class Manifest:
    """``site`` is the address of the installation; ``migrations`` and ``triggers`` are the database's."""

    site: str
    engine: str
    version: str
    taken_at: str
    migrations: list[str]
    triggers: list[str]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)


class _Counting(io.RawIOBase):
    """Reads a file of a known length and its digest on the way; one that shrank is filled up with zeros."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self.source, self.left, self.digest = source, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data = self.source.read(wanted) or b"\0" * wanted
        self.left -= len(data)
        self.digest.update(data)
        return data


def write(target: Path, *, manifest: Manifest, members: Iterator[tuple[str, Path]]) -> None:
    """Write the archive, readable by its owner only, on disk before we return."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, path in members:
                try:
                    source = path.open("rb")
                except FileNotFoundError:
                    continue  # deleted since it was listed
                with source:
                    size = os.fstat(source.fileno()).st_size
                    counting = _Counting(source, size)
                    tar.addfile(_member(name, size), counting)
                manifest.files[name] = {"sha256": counting.digest.hexdigest(), "size": size}
            text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
            tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        raw.flush()
        os.fsync(raw.fileno())


def read_manifest(archive: Path) -> Manifest:
    """What the archive says of itself. Raises ``DomainError`` for what is no archive of ours."""
    try:
        with tarfile.open(archive, "r:") as tar:
            held = tar.extractfile(MANIFEST)
            said = json.load(held) if held else None
        if not isinstance(said, dict):
            raise DomainError(DAMAGED)
        if int(said["format"]) > FORMAT:
            raise DomainError(UNKNOWN)
        manifest = Manifest(**said)
        if manifest.moment.tzinfo is None:
            raise DomainError(DAMAGED)
        return manifest
    except FileNotFoundError:
        raise DomainError("Cette archive n’existe pas.") from None
    except (tarfile.TarError, KeyError, TypeError, ValueError, OSError):
        raise DomainError(DAMAGED) from None


def verify(archive: Path) -> Manifest:
    """Read the whole archive and compare each digest."""
    manifest = read_manifest(archive)
    _walk(archive, manifest, directory=None)
    return manifest


def extract(archive: Path, directory: Path) -> Manifest:
    """Write every member below ``directory``, each compared with its digest."""
    manifest = read_manifest(archive)
    _walk(archive, manifest, directory=directory)
    return manifest


def _walk(archive: Path, manifest: Manifest, *, directory: Path | None) -> None:
    seen = set()
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    continue
                expected = manifest.files.get(member.name)
                held = tar.extractfile(member) if member.isreg() else None
                if expected is None or held is None or member.name in seen or not _is_safe(member.name):
                    raise DomainError(DAMAGED)
                target = directory / member.name if directory else None
                if (_copy(held, target), member.size) != (expected["sha256"], expected["size"]):
                    raise DomainError(DAMAGED)
                seen.add(member.name)
    except (tarfile.TarError, EOFError, KeyError, TypeError, ValueError):
        raise DomainError(DAMAGED) from None
    if seen != set(manifest.files):
        raise DomainError(DAMAGED)


def _copy(source: IO[bytes], target: Path | None) -> str:
    digest = hashlib.sha256()
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") if target else io.BytesIO() as out:
        while data := source.read(CHUNK):
            digest.update(data)
            if target:
                out.write(data)
    return digest.hexdigest()


def _is_safe(name: str) -> bool:
    """A name with our own prefix would stand in the way when the directories take each other's place."""
    path = PurePosixPath(name)
    ours = any(part.startswith(PREFIX) for part in path.parts[:2])
    return not path.is_absolute() and ".." not in path.parts and not ours


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member
