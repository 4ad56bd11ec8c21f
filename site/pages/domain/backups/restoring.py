"""Bringing a backup back: everything is checked, then prepared beside, then takes its place."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from common.errors import DomainError
from pages.domain import erasure_register
from pages.domain.backups import afterwards, archive, places, snapshots, taking

NOT_EMPTY = (
    "La base contient déjà des personnes : rien n’a été touché. Ajoutez --replace pour la remplacer ; "
    "elle est sauvegardée d’abord."
)
GUARDS = "L’archive n’a pas rendu toutes les gardes de la base (déclencheurs) : rien n’a été remplacé."


@dataclass(frozen=True)
class Restored:
    manifest: archive.Manifest
    settled: afterwards.Settled
    erasures: int
    last_erasure: datetime | None
    safety: Path | None
    former: Path | None


def restore(
    *,
    source: Path,
    replace: bool = False,
    safety_copy: bool = True,
    erasures: Path | None = None,
    now: datetime | None = None,
) -> Restored:
    """Put the site back as ``source`` has it. Raises ``DomainError``, the former state untouched.

    ``erasures`` is a register that was kept elsewhere, read with this machine's and the archive's.
    """
    manifest = archive.verify(source)
    _refuse_foreign(manifest)
    if (is_full := not snapshots.is_empty()) and not replace:
        raise DomainError(NOT_EMPTY)
    if erasures is not None and not erasures.is_file():
        raise DomainError("Ce registre des effacements n’existe pas : rien n’a été touché.", field="erasures")
    snapshots.refuse_if_used()
    safety = taking.take(destination=source.parent).path if is_full and safety_copy else None
    try:
        return _restore(source, manifest, erasures, safety, now or timezone.now())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DomainError(f"La restauration n’a pas pu s’écrire : {reason}.") from error


def _restore(
    source: Path, manifest: archive.Manifest, extra: Path | None, safety: Path | None, now: datetime
) -> Restored:
    stamp = f"{timezone.localtime(now):%Y%m%d-%H%M%S}"
    with tempfile.TemporaryDirectory(prefix=places.PREFIX, dir=_beside()) as work:
        fresh = Path(work)
        archive.extract(source, fresh)
        known = _registers(manifest, fresh, source, extra)
        side, kept = fresh / "database.sqlite3", Path(f"{_database()}.avant-{stamp}")
        had_former = snapshots.engine() == snapshots.SQLITE and _database().exists()
        with snapshots.filled(fresh / snapshots.MEMBERS[manifest.engine], side=side, kept=kept):
            if set(manifest.triggers) - set(snapshots.triggers()):
                raise DomainError(GUARDS)
            call_command("migrate", interactive=False, verbosity=0)
            settled = afterwards.settle(taken_at=manifest.moment, erasures=known, now=now)
            _stage(fresh)
        for name in places.places():
            places.switch(name, _staged(name))
        _clean()
    erasure_register.merge([known])
    erasure_register.catch_up()
    caches["default"].clear()  # kept pages tell of what is no more
    last = max(known.values(), default=None)
    return Restored(manifest, settled, len(known), last, safety, kept if had_former else None)


def _refuse_foreign(manifest: archive.Manifest) -> None:
    if manifest.engine != snapshots.engine():
        raise DomainError(
            f"Cette archive est celle d’une base {manifest.engine}, DATABASE_URL désigne une base "
            f"{snapshots.engine()} : rien n’a été touché."
        )
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    ours = {".".join(key) for key in {*loader.disk_migrations, *replaced}}
    if set(manifest.migrations) - ours:
        raise DomainError(archive.UNKNOWN)


def _registers(
    manifest: archive.Manifest, fresh: Path, source: Path, extra: Path | None
) -> Mapping[int, datetime]:
    """Every erasure that is known of this installation: numbers of another one would name other people."""
    beside = source.parent / taking.register_beside(manifest.site)
    files = [fresh / taking.REGISTER, beside, *([extra] if extra else [])]
    if manifest.site == settings.BASE_URL:
        files.append(erasure_register.path())
    known: dict[int, datetime] = {}
    for file in files:
        for account, at in erasure_register.read(file).items():
            known[account] = max(at, known.get(account, at))
    return known


def _database() -> Path:
    return Path(connection.settings_dict["NAME"])


def _beside() -> Path:
    """Where a rename puts the new file in the place of the former one."""
    return _database().parent if snapshots.engine() == snapshots.SQLITE else settings.VAR_DIR


def _staged(name: str) -> Path:
    return places.places()[name] / f"{places.PREFIX}nouveau"


def _stage(fresh: Path) -> None:
    """Copy the files beside those that they replace; nothing is replaced yet."""
    for name in places.places():
        target = _staged(name)
        shutil.rmtree(target, ignore_errors=True)
        if (fresh / name).is_dir():
            shutil.copytree(fresh / name, target)
        else:
            target.mkdir(parents=True)


def _clean() -> None:
    for root in places.places().values():
        for left in root.glob(f"{places.PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
