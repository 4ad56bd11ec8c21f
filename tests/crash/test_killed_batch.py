"""A batch of certificates whose worker is killed with -9: the next one goes on, and makes nothing twice."""

import multiprocessing
import os
import signal
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import override_settings
from django.utils import timezone

from certificates.domain import batches
from certificates.models import Certificate, CertificateFile, IssueBatch
from events.domain.attendance import mark_imported, settle_imported_sheet
from events.models import Attendance
from tests.crash.stand import eventually
from tests.factories import make_admin, make_registration, make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
PEOPLE = 8


def private(folder: Path) -> Any:
    storage = {**settings.STORAGES["private"], "OPTIONS": {"location": folder}}
    return override_settings(STORAGES={**settings.STORAGES, "private": storage})


def work(folder: Path, database: dict[str, Any]) -> None:
    """A worker: its whole turn, from claiming the batch to writing that it is done."""
    connections["default"].settings_dict.update(database)
    with private(folder):
        batches.run_next()


def start(folder: Path) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.crowd", "pytest"])
    process = context.Process(
        target=work, args=(folder, {"NAME": connection.settings_dict["NAME"]}), daemon=True
    )
    process.start()
    return process


def test_the_worker_after_one_that_was_killed_goes_on_with_its_documents(tmp_path: Path) -> None:
    session = make_session(days=-9, imported=True)
    slot = session.slots.get()
    marks = {make_registration(session).pk: Attendance.State.PRESENT for _ in range(PEOPLE)}
    mark_imported(slot=slot, marks=marks, by=None)
    settle_imported_sheet(slot=slot, by=None)
    batch = batches.ask(sessions=[session], kinds=["presence"], title="Essai", mails=False, by=make_admin())
    parts = tmp_path / "batches" / str(batch.pk) / "parts"

    def made() -> dict[str, float]:
        return {file.name: file.stat().st_mtime for file in parts.glob("*.pdf")} if parts.exists() else {}

    killed = start(tmp_path)
    eventually(lambda: len(made()) >= 2, "two documents are made")
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()
    kept = made()
    connection.close()  # read as whoever comes after would
    batch.refresh_from_db()
    assert 2 <= len(kept) < PEOPLE
    assert batch.state == IssueBatch.State.RUNNING
    assert not batches.run_next(), "it is still held"

    IssueBatch.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    seen: dict[str, float] = {}
    after = start(tmp_path)
    while after.is_alive():
        seen |= {name: at for name, at in made().items() if name in kept}
        time.sleep(0.02)
    assert after.exitcode == 0

    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.problems) == (IssueBatch.State.DONE, PEOPLE, [])
    assert {name: at for name, at in seen.items() if kept[name] != at} == {}, "made twice"
    assert Certificate.objects.count() == CertificateFile.objects.count() == PEOPLE
    with private(tmp_path), zipfile.ZipFile(tmp_path / batch.archive.name) as archive:
        assert len(set(archive.namelist())) == PEOPLE
        assert archive.testzip() is None
    assert not parts.exists()
