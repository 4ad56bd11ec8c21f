"""The demo's mailbox: readable in the demo only, and only what was sent."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.utils import timezone

from pages import mailbox
from pages.views.mailbox import linked

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]  # every page names the structures in its header
BODY = (
    "Bonjour Zoé,\nVotre lien : http://localhost:8000/inscriptions/1.1.abc/.\n"
    "Ailleurs : https://evil.example/ <b>"
)


@pytest.fixture
def box(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DEMO = True
    settings.BASE_URL = "http://localhost:8000"
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.MAILBOX_DIR.mkdir()
    (tmp_path / "secret.log").write_text("Subject: secret\n\nsecret")
    return settings.MAILBOX_DIR


@pytest.fixture
def send(box: Path) -> Callable[..., None]:
    def send(*subjects: str, body: str = BODY) -> None:
        connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(box))
        mails = []
        for subject in subjects:
            mail = EmailMultiAlternatives(subject, body, "escale@localhost", ["zoe@example.org"])
            mail.attach_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR", "text/calendar; method=REQUEST")
            mail.attach("attestation.pdf", b"%PDF-1.7", "application/pdf")
            mails.append(mail)
        connection.send_messages(mails)

    return send


def names(client: Client) -> list[str]:
    return [letter.name for letter in client.get("/boite-aux-lettres/").context["letters"]]


def test_outside_the_demo_there_is_no_mailbox(
    client: Client, send: Callable[..., None], settings: LazySettings
) -> None:
    send("Bonjour")
    [name] = names(client)
    settings.DEMO = False
    assert client.get("/boite-aux-lettres/").status_code == 404
    assert client.get(f"/boite-aux-lettres/{name}/").status_code == 404
    assert client.get(f"/boite-aux-lettres/{name}/?piece=0").status_code == 404


@pytest.mark.usefixtures("box")
def test_an_empty_mailbox_says_so(client: Client) -> None:
    text = client.get("/boite-aux-lettres/").text
    assert "Aucun message" in text
    assert "Démonstration : aucun e-mail ne part vraiment" in text


def test_a_mailbox_that_was_never_written_to_is_empty(client: Client, box: Path) -> None:
    box.rmdir()
    assert client.get("/boite-aux-lettres/").status_code == 200


def test_letters_are_listed_newest_first(client: Client, box: Path, send: Callable[..., None]) -> None:
    send("Premier à partir", "Deuxième")
    [file] = box.iterdir()
    os.utime(file, (1, 1))
    send("Troisième")
    letters = client.get("/boite-aux-lettres/").context["letters"]
    assert [letter.subject for letter in letters] == ["Troisième", "Deuxième", "Premier à partir"]
    assert letters[0].to == "zoe@example.org"
    assert abs(letters[0].sent_at - timezone.now()) < timedelta(minutes=5)


def test_opening_a_letter_reads_no_other(
    client: Client, send: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        send(f"Lettre {number}")
    wanted, *_others = names(client)
    read: list[Path] = []
    really_read = mailbox._read
    monkeypatch.setattr(mailbox, "_read", lambda file: read.append(file) or really_read(file))
    assert client.get(f"/boite-aux-lettres/{wanted}/").status_code == 200
    assert len(read) == 1


def test_a_full_mailbox_reads_its_newest_files_only(
    client: Client, send: Callable[..., None], box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MAX_FILES", 2)
    for number in range(3):
        send(f"Lettre {number}")
        for file in box.glob("2*.log"):  # within one second Django may write twice to one file
            file.rename(box / f"lettre-{number}.log")
    assert len(names(client)) == 2


def test_a_letter_is_read_with_links_of_ours_only(client: Client, send: Callable[..., None]) -> None:
    send("Bonjour")
    text = client.get(f"/boite-aux-lettres/{names(client)[0]}/").text
    assert "Bonjour Zoé" in text
    assert '<a href="http://localhost:8000/inscriptions/1.1.abc/">' in text
    assert 'href="https://evil.example' not in text
    assert "&lt;b&gt;" in text
    assert "attestation.pdf" in text


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8000.evil.example/", "http://localhost:80001/", "http://localhost:8000@evil.example/"],
)
@pytest.mark.usefixtures("box")
def test_an_address_that_only_begins_like_ours_is_no_link(address: str) -> None:
    assert not any(ours for _text, ours in linked(f"Voir {address}"))


@pytest.mark.usefixtures("box")
def test_cutting_a_text_into_links_loses_nothing() -> None:
    assert "".join(text for text, _ours in linked(BODY)) == BODY


def test_an_invitation_downloads_as_text(client: Client, send: Callable[..., None]) -> None:
    send("Bonjour")
    response = client.get(f"/boite-aux-lettres/{names(client)[0]}/?piece=0")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert "BEGIN:VCALENDAR" in response.text


@pytest.mark.parametrize("piece", ["1", "9", "-1", "x", ""])
def test_other_pieces_are_named_not_served(client: Client, send: Callable[..., None], piece: str) -> None:
    send("Bonjour")
    assert client.get(f"/boite-aux-lettres/{names(client)[0]}/?piece={piece}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["secret-0", "..%2Fsecret-0", "..%2f..%2fsecret.log", "%00", "..", ".", "*", "é", "x" * 3000],
)
def test_no_name_leads_out_of_the_mailbox(client: Client, send: Callable[..., None], name: str) -> None:
    send("Bonjour")
    assert client.get(f"/boite-aux-lettres/{name}/").status_code == 404


def test_a_file_that_is_no_mail_does_not_break_the_page(client: Client, box: Path) -> None:
    (box / "broken.log").write_bytes(
        b"\xff\xfe\x00 no mail\n" + b"-" * 79 + b"\nSubject: =?utf-8?q?=ff?=\n\n\xff"
    )
    assert client.get("/boite-aux-lettres/").status_code == 200
    for name in names(client):
        assert client.get(f"/boite-aux-lettres/{name}/").status_code == 200
