"""E-mail addresses are compared normalised: case, surrounding spaces, Unicode form."""

import unicodedata


def normalise_email(raw: str) -> str:
    """The form under which an address is stored and compared; idempotent."""
    return unicodedata.normalize("NFC", raw).strip().lower()
