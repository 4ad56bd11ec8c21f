"""The demo's letters: what Django's file backend wrote, read back."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

SEPARATOR = re.compile(rb"^-{79}\r?\n", re.MULTILINE)
MAX_FILES = 100


@dataclass(frozen=True)
class Piece:
    name: str
    content_type: str
    text: str  # empty for anything but text: those are named, not served


@dataclass(frozen=True)
class Letter:
    name: str
    to: str
    subject: str
    sent_at: datetime | None
    text: str
    pieces: tuple[Piece, ...]


def letters(folder: Path) -> list[Letter]:
    """The letters of the newest files of ``folder``, newest first: reading one takes a while."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [letter for file in files[:MAX_FILES] for letter in reversed(list(_read(file)))]


def find(folder: Path, name: str) -> Letter | None:
    """The letter of that name: looked for among those that exist, never turned into a path."""
    stem = name.rpartition("-")[0]
    files = (file for file in folder.glob("*.log") if file.stem == stem)
    return next((letter for file in files for letter in _read(file) if letter.name == name), None)


def _read(file: Path) -> Iterator[Letter]:
    for index, raw in enumerate(SEPARATOR.split(file.read_bytes())):
        if raw.strip():
            yield _letter(f"{file.stem}-{index}", email.message_from_bytes(raw, policy=default))


def _letter(name: str, message: EmailMessage) -> Letter:
    body = message.get_body(preferencelist=("plain",))
    date = message["date"]
    return Letter(
        name=name,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        sent_at=_aware(date.datetime) if date else None,
        text=body.get_content() if body else "",
        pieces=tuple(_pieces(message, body)),
    )


def _aware(moment: datetime) -> datetime:
    """Django writes « -0000 », which the e-mail package reads as a time without zone; it is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _pieces(message: EmailMessage, body: EmailMessage | None) -> Iterator[Piece]:
    for number, part in enumerate(message.walk()):
        if part is body or part.is_multipart() or part.get_content_type() == "text/html":
            continue
        kind = part.get_content_type()
        text = part.get_content() if part.get_content_maintype() == "text" else ""
        yield Piece(part.get_filename() or _default_name(kind, number), kind, text)


def _default_name(content_type: str, number: int) -> str:
    return "invitation.ics" if content_type == "text/calendar" else f"piece-{number}"
