"""What asking for certificates, fetching them and showing one refuses."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import timezone

from certificates.domain import batches
from certificates.domain.fetching import fetch, fetch_one
from certificates.domain.issuing import revoke
from certificates.domain.links import certificate_token, read_certificate_token
from certificates.forms.issuing import A_SESSION, IssueForm
from certificates.forms.verification import MOST_BYTES, TOO_LONG, FileForm
from certificates.models import Certificate, IssueBatch
from common.errors import DomainError
from events.domain.links import LinkError
from events.models import JournalEntry
from tests.factories import make_coordinator, make_session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"sessions": []}, "Choisissez au moins une session", "sessions"),
        ({"kinds": []}, "Choisissez au moins un document", "kinds"),
        ({"kinds": ["diplome"]}, "Choisissez au moins un document", "kinds"),
    ],
)
def test_a_batch_is_of_some_sessions_and_some_documents(changes, sentence, field, certify, admin) -> None:
    session = make_session(days=-1)
    certify(session)
    asked = {"sessions": [session], "kinds": ["presence"], "title": "Café", "mails": False} | changes
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match=sentence) as refused:
        batches.ask(**asked, by=admin)
    assert refused.value.field == field
    assert (IssueBatch.objects.count(), JournalEntry.objects.count()) == (0, before)


@pytest.mark.parametrize("typed", ["another’s", "not closed", "0", "x", "", str(10**20), "2026-02-30"])
def test_only_the_sessions_offered_are_chosen(typed, certify) -> None:
    own, other, still_open = make_session(days=-1), make_session(days=-1), make_session(days=-1)
    certify(own)
    certify(other)
    still_open.activity.organisation = own.activity.organisation
    still_open.activity.save()
    pk = {"another’s": other.pk, "not closed": still_open.pk}.get(typed, typed)
    coordinator = make_coordinator(own.activity.organisation)
    for chosen, valid in (([own.pk], True), ([own.pk, pk], False)):
        form = IssueForm({"sessions": chosen, "kinds": ["presence"]}, user=coordinator, asked=QueryDict())
        assert form.is_valid() is valid
    assert form.errors["sessions"] == [A_SESSION]


def test_a_batch_too_big_to_be_made_is_not_asked(certify, admin, monkeypatch) -> None:
    monkeypatch.setattr(batches, "MOST", 1)
    session = make_session(days=-1)
    certify(session)
    both = {"sessions": [session], "title": "Café", "mails": False, "by": admin}
    with pytest.raises(DomainError, match="Plus de 1 documents"):
        batches.ask(kinds=Certificate.Kind.values, **both)
    assert not IssueBatch.objects.exists()
    assert batches.ask(kinds=Certificate.Kind.values[:1], **both).kinds == Certificate.Kind.values[:1]


@pytest.mark.parametrize(
    ("which", "facts"),
    [
        ("exe", {}),
        ("pdf", {}),  # made without it
        ("zip", {"state": IssueBatch.State.RUNNING}),
        ("zip", {"expires_at": timezone.now()}),
    ],
)
def test_files_that_are_not_there_any_more_are_not_handed_out(
    which, facts, certify, admin, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(
        IssueBatch._meta.get_field("archive"), "storage", FileSystemStorage(location=tmp_path)
    )
    session = make_session(days=-1)
    certify(session)
    batch = batches.ask(sessions=[session], kinds=["presence"], title="Café", mails=False, by=admin)
    batch.state, batch.done = IssueBatch.State.DONE, 1
    batch.archive.save("un.zip", ContentFile(b"PK"), save=False)
    with fetch(batch=batch, which="zip", by=admin) as file:
        assert file.read() == b"PK"
    for name, value in facts.items():
        setattr(batch, name, value)
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match="Ces fichiers ne sont plus gardés"):
        fetch(batch=batch, which=which, by=admin)
    assert JournalEntry.objects.count() == before


def test_a_certificate_that_was_revoked_is_not_handed_out(certify, admin) -> None:
    certificate = certify()
    revoke(certificate=certificate, reason="Erreur de personne", by=admin)
    certificate.refresh_from_db()
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match="n’est plus valable"):
        fetch_one(certificate=certificate, by=admin)
    assert JournalEntry.objects.count() == before


def test_the_link_of_a_certificate_that_does_not_exist_opens_nothing() -> None:
    with pytest.raises(LinkError):
        read_certificate_token(certificate_token(Certificate(pk=123456)))


def test_a_file_too_long_to_be_a_certificate_is_not_read() -> None:
    sent = SimpleUploadedFile("attestation.pdf", b"%PDF-1.7")
    assert FileForm(files={"fichier": sent}).is_valid()
    sent = SimpleUploadedFile("attestation.pdf", b"%PDF-1.7")
    sent.size = MOST_BYTES + 1
    assert FileForm(files={"fichier": sent}).errors["fichier"] == [TOO_LONG]
