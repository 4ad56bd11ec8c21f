"""E-mail addresses are compared normalised: case, surrounding spaces, Unicode form."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common.errors import DomainError

EMAIL_LENGTH = 254


def normalise_email(raw: str) -> str:
    """The form under which an address is stored and compared; idempotent."""
    return unicodedata.normalize("NFC", raw).strip().lower()


def is_usable(address: str) -> bool:
    """Whether mail can be sent there.

    Mailboxes outside ASCII, or in quotes, exist on paper only here; look-alikes (ı for i) are traps,
    and quotes would let control characters and commas into headers.
    """
    if not address.isascii() or '"' in address or len(address) > EMAIL_LENGTH:
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
            "Cette adresse e-mail ne semble pas valable : vérifiez-la (exemple : prenom@exemple.fr).",
            field="email",
        )
    return email
