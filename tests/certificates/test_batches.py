"""Many certificates at once: in the background, gone on with after a killed worker, never a wrong file."""

import io
import zipfile
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from certificates.domain import batches, files, making
from certificates.domain.issuing import revoke
from certificates.models import Certificate, CertificateFile, IssueBatch
from common.errors import DomainError
from events.domain.attendance import mark_imported, settle_imported_sheet
from events.models import Attendance, JournalEntry, Message, Session
from members.models import User
from pages.domain.erasure import Reason, erase
from tests.factories import (
    make_coordinator,
    make_organisation,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db
State = IssueBatch.State


@pytest.fixture(autouse=True)
def private_place(tmp_path: Path, monkeypatch) -> Path:
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(batches, "private_storage", lambda: storage)
    for name in ("merged", "archive"):
        monkeypatch.setattr(IssueBatch._meta.get_field(name), "storage", storage)
    return tmp_path


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> list[int]:
    """Documents of one page made without a renderer; the list of those made."""
    made: list[int] = []

    def make(certificate: Certificate) -> bytes:
        made.append(certificate.pk)
        return tagged_page().replace(b"NOBODY", f"{certificate.pk:06}".encode())

    monkeypatch.setattr(files, "make", make)
    return made


@cache
def tagged_page() -> bytes:
    from common.pdf import write_pdf

    return write_pdf(template="pdf/list.html", style="pdf/list.css", context=LIST, identifier="NOBODY")


LIST = {
    "what": "Liste",
    "title": "Essai",
    "table": {"header": ["Un"], "rows": [["a"]]},
    "count": 1,
    "wide": False,
    "made_at": "",
    "created": "2026-11-22",
}


def closed_session(people: int, **fields) -> Session:
    session = make_session(days=-9, imported=True, **fields)
    slot = session.slots.get()
    marks = {make_registration(session).pk: Attendance.State.PRESENT for _ in range(people)}
    mark_imported(slot=slot, marks=marks, by=None)
    settle_imported_sheet(slot=slot, by=None)
    return session


def ask(*sessions: Session, by: User, mails: bool = False) -> IssueBatch:
    return batches.ask(sessions=sessions, kinds=["presence"], title="Essai", mails=mails, by=by)


def names_in(batch: IssueBatch) -> list[str]:
    with batch.archive.open() as file:
        return zipfile.ZipFile(io.BytesIO(file.read())).namelist()


def test_a_batch_makes_one_file_each_an_archive_and_one_pdf(admin, private_place):
    batch = ask(closed_session(3), by=admin)
    assert (batch.state, batch.total) == (State.QUEUED, 3)

    assert batches.run_next()

    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.total, batch.problems) == (State.DONE, 3, 3, [])
    assert len(set(names_in(batch))) == 3
    with batch.merged.open() as file:
        reader = PdfReader(io.BytesIO(file.read()))
    root = reader.trailer["/Root"]
    assert len(reader.pages) == 3
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)
    document = root["/StructTreeRoot"]["/K"]
    assert [each.get_object()["/S"] for each in document["/K"]] == ["/Part"] * 3
    keys = [page["/StructParents"] for page in reader.pages]
    assert len(set(keys)) == 3
    assert not list(private_place.rglob("parts"))


def test_each_file_of_the_archive_is_recognised(admin):
    batch = ask(closed_session(2), by=admin)
    batches.run_next()
    batch.refresh_from_db()

    with batch.archive.open() as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
        found = {files.recognised(files.digest(archive.read(name))).pk for name in archive.namelist()}
    assert found == set(Certificate.objects.values_list("pk", flat=True))


def test_asking_twice_is_one_batch(admin):
    session = closed_session(1)

    assert ask(session, by=admin) == ask(session, by=admin)


def test_a_batch_is_mailed_when_it_is_asked(admin):
    ask(closed_session(2), by=admin, mails=True)

    batches.run_next()

    assert Message.objects.filter(kind="certificate").count() == 2


def test_a_killed_worker_is_gone_on_with_and_makes_nothing_twice(admin, quick, monkeypatch):
    batch = ask(closed_session(4), by=admin)
    stop = making._make_part

    def killed(certificate, path):
        if len(quick) == 2:
            raise KeyboardInterrupt  # nothing of ours runs after it, as with kill -9
        return stop(certificate, path)

    monkeypatch.setattr(making, "_make_part", killed)
    with pytest.raises(KeyboardInterrupt):
        batches.run_next()
    monkeypatch.setattr(making, "_make_part", stop)
    assert not batches.run_next(), "it is still held"

    later = timezone.now() + batches.LOCK + timedelta(seconds=1)
    assert batches.resume_batches(now=later) == 1
    assert batches.run_next(now=later)

    batch.refresh_from_db()
    assert (batch.state, batch.done) == (State.DONE, 4)
    assert len(quick) == len(set(quick)) == 4
    assert Certificate.objects.count() == 4


def test_a_worker_that_lost_its_batch_writes_nothing_of_it(admin):
    batch = ask(closed_session(2), by=admin)
    mine = batches._claim(timezone.now())
    IssueBatch.objects.update(locked_until=timezone.now() + timedelta(minutes=9))  # another one's

    with pytest.raises(making.LostError):
        batches._make(mine)
    batch.refresh_from_db()
    assert (batch.state, batch.archive.name) == (State.RUNNING, "")


def test_one_document_that_cannot_be_made_stops_no_other(admin, monkeypatch):
    session = closed_session(3)
    batch = ask(session, by=admin)
    make = files.make
    unlucky = session.registrations.order_by("pk").first()

    def fails(certificate):
        if certificate.registration_id == unlucky.pk:
            raise ValueError(certificate.facts["person"])
        return make(certificate)

    monkeypatch.setattr(files, "make", fails)
    batches.run_next()

    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.total) == (State.DONE, 2, 3)
    assert [each["error"] for each in batch.problems] == ["ValueError"]


def test_what_fails_for_hours_has_failed(admin):
    batch = ask(closed_session(1), by=admin)

    batches.resume_batches(now=timezone.now() + batches.GIVE_UP + timedelta(minutes=1))

    batch.refresh_from_db()
    assert batch.state == State.FAILED


def test_what_is_revoked_while_it_is_made_does_not_leave(admin, monkeypatch):
    batch = ask(closed_session(2), by=admin)
    make, revoked = files.make, []

    def make_and_revoke(certificate):
        if not revoked:
            revoked.append(certificate)
            revoke(certificate=certificate, reason="Erreur", by=admin)
        return make(certificate)

    monkeypatch.setattr(files, "make", make_and_revoke)
    batches.run_next()

    batch.refresh_from_db()
    assert batch.done == 1
    assert not CertificateFile.objects.filter(certificate=revoked[0]).exists()


def test_erasing_somebody_takes_away_the_files_that_name_them(
    admin, private_place, django_capture_on_commit_callbacks
):
    session = closed_session(2)
    batch = ask(session, by=admin)
    batches.run_next()
    assert list(private_place.rglob("*.zip"))

    with django_capture_on_commit_callbacks(execute=True):
        erase(user=session.registrations.first().user, by=None, reason=Reason.PERSON)

    batch.refresh_from_db()
    assert not batch.archive
    assert not batches.is_ready(batch)
    assert not list(private_place.rglob("*.zip"))


def test_who_is_erased_just_before_the_files_are_ready_is_in_none_of_them(
    admin, monkeypatch, private_place, django_capture_on_commit_callbacks
):
    """The list has been compared for the last time, the batch does not say « ready » yet."""
    session = closed_session(2)
    batch = ask(session, by=admin)
    person = session.registrations.first()
    remember = files.remember

    def late(digests: dict[str, int]) -> None:
        remember(digests)
        with django_capture_on_commit_callbacks(execute=True):
            erase(user=person.user, by=None, reason=Reason.PERSON)

    with monkeypatch.context() as first:
        first.setattr(files, "remember", late)
        batches.run_next()
    batch.refresh_from_db()
    assert not batches.is_ready(batch)
    assert not list(private_place.rglob("*.pdf"))

    batches.run_next(now=timezone.now() + batches.LOCK)
    batch.refresh_from_db()
    assert batch.state == State.DONE
    assert len(names_in(batch)) == 1


def test_files_go_after_a_week(admin, private_place):
    batch = ask(closed_session(1), by=admin)
    batches.run_next()
    over = timezone.now() + batches.STAYS + timedelta(minutes=1)

    assert batches.purge_batches(now=over, dry_run=True) == 1
    assert batches.purge_batches(now=over) == 1
    assert not IssueBatch.objects.filter(pk=batch.pk).exists()
    assert not list(private_place.rglob("*.pdf"))


def test_nothing_to_issue_is_said(admin):
    with pytest.raises(DomainError, match="Aucune feuille"):
        ask(make_session(days=-1), by=admin)


def test_two_structures_are_two_batches(admin):
    with pytest.raises(DomainError, match="une seule structure"):
        ask(closed_session(1), closed_session(1), by=admin)


def test_the_minute_calls_the_worker_for_what_is_left(admin, capsys):
    ask(closed_session(1), by=admin)
    IssueBatch.objects.update(created_at=timezone.now() - timedelta(minutes=5))

    call_command("run_due")

    assert "lots d’attestations à reprendre" in capsys.readouterr().out


def test_the_screens_from_asking_to_fetching(client, admin):
    session = closed_session(2, title="Sophrologie")
    client.force_login(admin)
    page = client.get(reverse("certificates_issue"), {"session": session.pk}).content.decode()
    assert "Sophrologie" in page

    asked = client.post(
        f"{reverse('certificates_issue')}?session={session.pk}",
        {"sessions": [session.pk], "kinds": ["presence"]},
    )
    batch = IssueBatch.objects.get()
    assert asked.url == reverse("certificates_batch", args=[batch.pk])
    assert "En attente" in client.get(asked.url).content.decode()
    batches.run_next()

    assert "2 documents" in client.get(asked.url).content.decode().replace("<strong>", "")
    for which, kind in (("pdf", "application/pdf"), ("zip", "application/zip")):
        answer = client.post(reverse("certificates_file", args=[batch.pk, which]))
        assert answer["Content-Type"] == kind
        assert b"".join(answer.streaming_content)
        assert "no-store" in answer["Cache-Control"]
    assert JournalEntry.objects.filter(action="escale.export").count() == 2


@pytest.mark.parametrize(
    ("posted", "status"),
    [
        ({}, 422),
        ({"sessions": ["1e20"], "kinds": ["presence"]}, 422),
        ({"sessions": ["0"], "kinds": ["presence"]}, 422),
        ({"sessions": ['"'], "kinds": ["\0"]}, 422),
        ({"sessions": ["9" * 30], "kinds": ["completion"]}, 422),
    ],
)
def test_a_wrong_choice_gets_a_page(client, admin, posted, status):
    closed_session(1)
    client.force_login(admin)

    assert client.post(reverse("certificates_issue"), posted).status_code == status


@pytest.mark.parametrize(
    "query",
    [{"session": "x"}, {"activity": '"'}, {"since": "2026-02-30"}, {"activity": "9" * 30}, {"until": "\0"}],
)
def test_a_wrong_address_gets_a_page(client, admin, query):
    closed_session(1)
    client.force_login(admin)

    assert client.get(reverse("certificates_issue"), query).status_code == 200


def test_another_structure_has_no_such_batch(client, admin):
    batch = ask(closed_session(1), by=admin)
    client.force_login(make_coordinator(make_organisation()))

    assert client.get(reverse("certificates_batch", args=[batch.pk])).status_code == 404
    assert client.post(reverse("certificates_file", args=[batch.pk, "zip"])).status_code == 404


@pytest.mark.parametrize("lots", [1, 3])
def test_the_list_of_batches_takes_the_same_queries(client, admin, lots, django_assert_num_queries):
    for _ in range(lots):
        ask(closed_session(1), by=admin)
    client.force_login(admin)
    client.get(reverse("certificates_batches"))

    with django_assert_num_queries(9):
        client.get(reverse("certificates_batches"))
