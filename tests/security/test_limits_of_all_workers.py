"""Several processes count one thing in one cache: none of the counts is lost."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from common import counters, limits
from common.counters import count_in_file
from tests import databases

pytestmark = pytest.mark.one_engine
PROCESSES, EACH = 6, 150


@pytest.fixture
def files(settings, tmp_path: Path) -> Path:
    backend = "common.patient_cache.PatientFiles"
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    return tmp_path


def test_no_count_of_several_processes_is_lost(files: Path) -> None:
    command = [sys.executable, "-m", "tests.security.counting", str(files), str(EACH)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": databases.ROOT}
    crowd = [subprocess.Popen(command, **pipes) for _ in range(PROCESSES)]
    try:
        for each in crowd:
            assert each.stdout
            each.stdout.readline()
        for each in crowd:
            assert each.stdin
            each.stdin.write(b"x")
            each.stdin.flush()
        for each in crowd:
            each.communicate(timeout=120)
    finally:
        for each in crowd:
            each.kill()
            each.wait()
    assert limits.count_text("camille@example.org", "essai", seconds=600) == PROCESSES * EACH + 1


def test_the_counts_of_a_stretch_of_time_go_after_the_next(files: Path, monkeypatch) -> None:
    def count(number: int, seconds: int = 600) -> int:
        monkeypatch.setattr(limits, "window", lambda _seconds: number)
        return limits.count_text("camille@example.org", "essai", seconds=seconds)

    assert [count(7, 86_400), count(7), count(7), count(8), count(7), count(9), count(9)] == [
        *(1, 1, 2, 1, 3, 1, 2),
    ]
    assert sorted(each.name for each in files.iterdir()) == ["counts-600-8", "counts-600-9", "counts-86400-7"]


def test_a_count_is_read_as_it_was_counted(files: Path) -> None:
    request = RequestFactory().get("/")
    assert limits.counted(request, "essai") == 0
    assert [limits.count(request, "essai"), limits.count(request, "essai")] == [1, 2]
    assert limits.counted(request, "essai") == 2
    names = [each.name for each in files.rglob("*")]
    assert not [name for name in names if "essai" in name or "127" in name]


def test_a_hundred_thousand_addresses_fill_two_megabytes(files: Path) -> None:
    for number in range(3000):
        count_in_file(files, f"register:{number}", times=1, seconds=86_400, window=1)
    stored = [each for each in files.rglob("*") if each.is_file()]
    assert len(stored) <= 256
    assert sum(each.stat().st_size for each in stored) == 3000 * 24
    assert count_in_file(files, "register:7", times=2, seconds=86_400, window=1) == 3


def test_an_entry_cut_by_a_power_cut_spoils_no_other(files: Path) -> None:
    count_in_file(files, "un", times=5, seconds=600, window=1)
    [file] = [each for each in files.rglob("*") if each.is_file()]
    file.write_bytes(file.read_bytes() + b"half an entry")
    neighbours = (f"{n}" for n in range(10_000) if counters._digest(f"{n}")[:1].hex() == file.name)
    other = next(neighbours)
    assert [count_in_file(files, other, times=1, seconds=600, window=1) for _ in "ab"] == [1, 2]
    assert count_in_file(files, "un", times=1, seconds=600, window=1) == 6


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:0207"])
def test_one_address_is_one_place_however_it_is_written(address: str) -> None:
    assert limits._place(address) == "192.0.2.7"


@pytest.mark.parametrize("call", ["open", "pwrite"])
def test_a_disk_that_refuses_lets_people_in(files: Path, monkeypatch, call: str) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(counters.os, call, refuse)
    assert limits.count_text("camille@example.org", "essai", seconds=600) == 1
    assert limits.count_text("camille@example.org", "essai", seconds=600) == 1


def test_a_cache_that_keeps_nothing_lets_people_in(settings) -> None:
    dummy = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {**settings.CACHES, "default": dummy}
    assert limits.count(RequestFactory().get("/"), "essai") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/attestations/pdf/inconnu/", "/inscriptions/inconnu/convocation.pdf"])
def test_whoever_asks_for_documents_without_end_is_told_to_wait(path: str, monkeypatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENTS", 2)
    client = Client()
    assert [client.get(path).status_code for _ in range(3)] == [404, 404, 429]
    told = client.get(path)
    assert int(told["Retry-After"]) > 0
    assert "Un peu de patience" in told.content.decode()
