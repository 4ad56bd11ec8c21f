"""Answers that nobody reads yet: encrypted, all of a few sizes, without the time that Fernet would add.

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

SIZES = (1_024, 4_096, 16_384, 65_536)


def new_seal() -> str:
    return secrets.token_hex(32)


def sealed(values: dict[str, Any], *, seal: str) -> str:
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    # JSON ignores the spaces that hide how much was written.
    padded = plain.ljust(next((size for size in SIZES if len(plain) <= size), _rounded(len(plain))))
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


def _rounded(length: int) -> int:
    return -(-length // SIZES[-1]) * SIZES[-1]


def _fernet(seal: str, secret: str) -> Fernet:
    key = salted_hmac("escale.survey.seal", seal, secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
