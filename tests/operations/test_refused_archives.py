"""An archive that is cut, altered, foreign or newer is refused before anything is touched."""

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from common.errors import DomainError
from members.models import User
from pages.domain.backups import archive, restoring, taking
from tests import factories
from tests.operations.conftest import Place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[2000] ^= 1  # in the copy of the database
    path.write_bytes(content)


def _said(**changes: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        manifest = archive.read_manifest(path)
        members = path.parent / "members"
        archive.extract(path, members)
        files = [(name, members / name) for name in manifest.files]
        path.unlink()
        archive.write(path, manifest=replace(manifest, files={}, **changes), members=iter(files))

    return change


def _holding(name: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        manifest = replace(archive.read_manifest(path), files={})
        outside = path.parent / "outside"
        outside.write_text("x")
        path.unlink()
        archive.write(path, manifest=manifest, members=iter([(name, outside)]))

    return change


def _linked(path: Path) -> None:
    """A member that is no file, which the manifest vouches for."""
    manifest = archive.read_manifest(path)
    manifest.files["media/link"] = {"sha256": "", "size": 0}
    link = tarfile.TarInfo("media/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    _write(path, [link], asdict(manifest))


def _vouched_badly(path: Path) -> None:
    said = asdict(archive.read_manifest(path)) | {"files": {"media/x": 1}}
    _write(path, [tarfile.TarInfo("media/x")], said)


def _write(path: Path, members: list[tarfile.TarInfo], manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest).encode()
    last = tarfile.TarInfo(archive.MANIFEST)
    last.size = len(text)
    with tarfile.open(path, "w") as tar:
        for member in members:
            tar.addfile(member)
        tar.addfile(last, io.BytesIO(text))


def test_what_is_no_sound_archive_of_this_site_is_refused_and_nothing_is_touched(place: Place) -> None:
    kept = factories.make_user()
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    (place.media / "picture.jpg").write_bytes(b"before")
    taken = [taking.take(destination=place.backups, keep=2).path for _ in range(3)]
    assert [path.exists() for path in taken] == [False, True, True]
    source = taken[-1]
    sound = source.read_bytes()
    for spoil, sentence in (
        (lambda path: None, "contient déjà des personnes"),
        (_cut, "abîmée"),
        (_altered, "abîmée"),
        (_holding("media/../../escaped.txt"), "abîmée"),
        (_holding("/tmp/escaped.txt"), "abîmée"),
        (_holding("media/a\0b"), "abîmée"),
        # Where the former files stand aside: the database would have been replaced already.
        (_holding("media/.escale-avant/x"), "abîmée"),
        (_linked, "abîmée"),
        (_vouched_badly, "abîmée"),
        (_said(taken_at="hier"), "abîmée"),
        (_said(taken_at="2026-01-05T10:00:00"), "abîmée"),
        (_said(engine=other), other),
        (_said(migrations=["events.9999_later"]), "plus récente"),
        (_said(format=2), "plus récente"),
    ):
        source.write_bytes(sound)
        spoil(source)
        with pytest.raises(DomainError, match=sentence):
            restoring.restore(source=source, replace=sentence != "contient déjà des personnes")
        assert User.objects.get() == kept
        assert (place.media / "picture.jpg").read_bytes() == b"before"
    assert not list(place.backups.parent.rglob("escaped.txt"))
