"""Making a backup while the site is in use: written under a temporary name, checked, then named."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from common.durable import sync_directory
from common.errors import DomainError
from pages.domain import erasure_register
from pages.domain.backups import archive, places, snapshots

REGISTER = "effacements.txt"
NAME = re.compile(r"^escale-\d{8}-\d{6}\.tar$")
PARTIAL = ".escale-en-cours-"
DAY = 24 * 3600


@dataclass(frozen=True)
class Taken:
    path: Path
    size: int
    files: int
    removed: list[str]


def take(*, destination: Path, keep: int | None = None) -> Taken:
    """Write one archive into ``destination``, and keep the ``keep`` last ones. Raises ``DomainError``."""
    if keep is not None and keep < 1:
        raise DomainError("Gardez au moins une sauvegarde.", field="keep")
    try:
        destination.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_interrupted(destination)
        work = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=destination))
        try:
            return _take(destination, work, keep)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DomainError(f"La sauvegarde n’a pas pu s’écrire : {reason}.") from error


def _take(destination: Path, work: Path, keep: int | None) -> Taken:
    erasure_register.catch_up()
    taken_at = timezone.now()
    manifest = archive.Manifest(
        site=settings.BASE_URL,
        engine=snapshots.engine(),
        version=_version(),
        taken_at=taken_at.isoformat(),
        migrations=sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
        triggers=snapshots.triggers(),
    )
    database = snapshots.take(work)
    partial = work / "archive.tar"
    archive.write(partial, manifest=manifest, members=_members(database))
    archive.verify(partial)
    target = _free_name(destination)
    partial.rename(target)
    _leave_register(destination, work)
    sync_directory(destination)
    return Taken(target, target.stat().st_size, len(manifest.files), _rotate(destination, target, keep))


def _members(database: Path) -> Iterator[tuple[str, Path]]:
    """The database first: a file that is added meanwhile is one too many, never one too few."""
    yield database.name, database
    yield REGISTER, erasure_register.path()
    yield from places.files()


def _free_name(destination: Path) -> Path:
    while (target := destination / f"escale-{timezone.localtime():%Y%m%d-%H%M%S}.tar").exists():
        time.sleep(0.2)
    return target


def register_beside(site: str) -> str:
    """The name of ``site``'s register beside its archives: several installations may share a directory."""
    return f"effacements-{urlsplit(site).netloc.replace(':', '-')}.txt"


def _leave_register(destination: Path, work: Path) -> None:
    """Beside the archives too, where whatever carries them away finds it."""
    if erasure_register.path().exists():
        fresh = work / REGISTER
        shutil.copyfile(erasure_register.path(), fresh)
        fresh.chmod(0o600)
        fresh.replace(destination / register_beside(settings.BASE_URL))


def _rotate(destination: Path, newest: Path, keep: int | None) -> list[str]:
    if keep is None:
        return []
    names = sorted(path.name for path in destination.iterdir() if NAME.match(path.name))
    over = [name for name in names[:-keep] if name != newest.name]
    for name in over:
        (destination / name).unlink()
    return over


def _forget_interrupted(destination: Path) -> None:
    for left in destination.glob(f"{PARTIAL}*"):
        if time.time() - left.stat().st_mtime > DAY:
            shutil.rmtree(left, ignore_errors=True)


def _version() -> str:
    try:
        return version("escale")
    except PackageNotFoundError:
        return ""
