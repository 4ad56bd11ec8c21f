"""A cache that is away or full slows nobody down: no limit is counted, no page is kept, the log says so."""

import logging
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.test import RequestFactory

from common import limits, page_generation, patient_cache
from common.patient_cache import FILES, REDIS, PatientFiles, PatientRedis, patient
from tests.processes import free_port

pytestmark = pytest.mark.one_engine


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_cache._Health, "said", -60.0)
    monkeypatch.setattr(patient_cache._Health, "resting_until", 0.0)
    monkeypatch.setattr(patient_cache._Health, "owed", {})


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A disk without room."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileBasedCache, "_write_content", refuse)
        yield patch


def test_nothing_is_found_in_a_cache_that_is_full_and_the_log_says_so_once(
    tmp_path: Path, full: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = PatientFiles(str(tmp_path), {})
    with caplog.at_level(logging.ERROR):
        for i in range(3):
            files.set("camille@example.org", i, 60)
    assert files.get("camille@example.org") is None
    assert [record.getMessage() for record in caplog.records] == [
        "The cache refuses (OSError): rate limits count nothing meanwhile"
    ]


def test_a_damaged_entry_is_none(tmp_path: Path) -> None:
    files = PatientFiles(str(tmp_path), {})
    files.set("k", "v" * 100, 60)
    path = Path(files._key_to_file("k"))
    path.write_bytes(path.read_bytes()[:-20])
    assert files.get("k") is None


def test_what_is_kept_for_ever_is_written_once_there_is_room(
    tmp_path: Path, full: pytest.MonkeyPatch
) -> None:
    files = PatientFiles(str(tmp_path), {})
    with full.context():
        files.set("word", "old", None)
    full.undo()
    assert PatientFiles(str(tmp_path), {}).get("word") == "old"


def test_a_limit_lets_pass_while_the_cache_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    away = PatientRedis(f"redis://127.0.0.1:{free_port()}", {"OPTIONS": {"socket_connect_timeout": 1}})
    monkeypatch.setattr(limits, "cache", away)
    monkeypatch.setattr(page_generation, "cache", away)
    assert limits.count(RequestFactory().get("/"), "x") == 1
    assert limits.count_text("camille@example.org", "x", seconds=60) == 1
    page_generation.renew()
    assert page_generation.generation()


def test_each_known_cache_is_made_patient() -> None:
    assert patient({"BACKEND": FILES, "LOCATION": "x"}, entries=5) == {
        "BACKEND": "common.patient_cache.PatientFiles",
        "LOCATION": "x",
        "OPTIONS": {"MAX_ENTRIES": 5},
    }
    assert "MAX_ENTRIES" not in patient({"BACKEND": REDIS, "LOCATION": "x"}, entries=5)["OPTIONS"]


@pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed")
def test_a_redis_that_comes_back_gets_the_word_that_it_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    made = patient({"BACKEND": REDIS, "LOCATION": f"redis://127.0.0.1:{port}"}, entries=5)
    redis = PatientRedis(made["LOCATION"], {"OPTIONS": made["OPTIONS"]})
    redis.set("word", "new", None)
    assert redis.get("word") is None
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            monkeypatch.setattr(patient_cache._Health, "resting_until", 0.0)
            if redis.get("word") == "new":
                break
            time.sleep(0.05)
        assert redis.get("word") == "new"
        redis.set("count", 3, 60)
        assert redis.get("count") == 3
        redis._cache.get_client().connection_pool.disconnect()
    finally:
        server.terminate()
        server.wait(timeout=20)
