"""Two installations may keep their archives in one directory: neither forgets the other's people."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from pages.domain.backups import archive, restoring, taking

pytestmark = pytest.mark.one_engine
LINE = "{}\t2026-11-22T10:00:00+00:00\n"


def manifest(site: str) -> archive.Manifest:
    return archive.Manifest(site, "sqlite", "1", "2026-11-22T09:00:00+00:00", [], [])


def test_only_the_register_of_the_same_site_is_read_beside_an_archive(
    tmp_path: Path, settings: Settings
) -> None:
    settings.ERASURES_FILE = tmp_path / "own.txt"
    ours, theirs = "https://escale.example.org", "https://autre.example.org"
    (tmp_path / taking.register_beside(ours)).write_text(LINE.format(7))
    (tmp_path / taking.register_beside(theirs)).write_text(LINE.format(8))
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for site, known in ((ours, {7}), (theirs, {8})):
        found = restoring._registers(manifest(site), fresh, tmp_path / "escale.tar", None)
        assert set(found) == known
