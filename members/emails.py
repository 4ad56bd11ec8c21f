"""E-mail addresses are compared normalised: case, surrounding spaces, Unicode form."""

import secrets
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common.errors import DomainError

EMAIL_LENGTH = 254
# Where the address of somebody who was erased leads: « .invalid » exists nowhere (RFC 2606).
NOBODY = "@efface.invalid"


def normalise_email(raw: str) -> str:
    """The form under which an address is stored and compared; idempotent."""
    return unicodedata.normalize("NFC", raw).strip().lower()


def new_nobody() -> str:
    """An address like no other, that reaches nobody."""
    return f"{secrets.token_hex(16)}{NOBODY}"


def is_nobody(address: str) -> bool:
    return address.endswith(NOBODY)


def is_usable(address: str) -> bool:
    """Whether mail can be sent there.

    Mailboxes outside ASCII, or in quotes, exist on paper only here; look-alikes (ı for i) are traps,
    and quotes would let control characters and commas into headers.
    """
    if not address.isascii() or '"' in address or len(address) > EMAIL_LENGTH or is_nobody(address):
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def checked_email(raw: str) -> str:
    """``raw`` normalised. Raises ``DomainError`` when no mail can be sent there."""
    email = normalise_email(raw)
    if not is_usable(email):
        raise DomainError(
            "Cette adresse ne semble pas valable : vérifiez-la (exemple : prenom@exemple.fr).",
            field="email",
        )
    return email
