"""Answers that nobody reads yet: encrypted, all of one size, without the time that Fernet would add.

The key comes from the installation's secret and from the survey's own ``seal``, which is forgotten when the
survey is over: what an old page of the database still holds is then unreadable, even with the secret.
"""

import base64
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from events.domain.questionnaires import TEXT_LENGTH
from events.domain.survey.questions import Kind, Questions

ROOM = 16_384
WIDEST = "\U0001f642"  # four bytes: more than a quote or a line break takes once escaped


def new_seal() -> str:
    return secrets.token_hex(32)


def room_for(questions: Questions) -> int:
    """The bytes of the fullest answer to ``questions``.

    Whoever compares the backups of two days would see that a long text has come, and from whom.
    """
    return len(_written({each["key"]: _fullest(each) for each in questions}))


def sealed(values: dict[str, Any], *, seal: str, room: int = ROOM) -> str:
    plain = _written(values)
    # JSON ignores the spaces that hide how much was written.
    padded = plain.ljust(-(-len(plain) // room) * room)
    return _fernet(seal, settings.SECRET_KEY).encrypt_at_time(padded, current_time=0).decode()


def opened(token: str, *, seal: str) -> dict[str, Any] | None:
    """None: sealed with a secret that is neither ``SECRET_KEY`` nor one of ``SECRET_KEY_FALLBACKS``."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            found: dict[str, Any] = json.loads(_fernet(seal, secret).decrypt(token))
        except InvalidToken:
            continue
        return found
    return None


def _written(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _fullest(question: dict[str, Any]) -> Any:
    kind = question["kind"]
    if kind == Kind.TEXT:
        return WIDEST * TEXT_LENGTH
    if kind == Kind.MATRIX:
        return dict.fromkeys(question["rows"], 5)
    if kind == Kind.MULTIPLE:
        return question["options"]
    if kind == Kind.CHOICE:
        return max(question["options"], key=lambda option: len(_written(option)), default="")
    return False  # written, no mark is longer


def _fernet(seal: str, secret: str) -> Fernet:
    key = salted_hmac("escale.survey.seal", seal, secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
