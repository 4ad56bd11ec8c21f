"""Certificate numbers: 26 random characters that can be read aloud and retyped."""

import secrets

# Crockford's base 32: no I, L, O or U; 26 characters carry 130 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
GROUP = 5
_LOOKALIKES = str.maketrans(
    {"O": "0", "I": "1", "L": "1", " ": "", "\u00a0": "", "\u202f": "", "-": "", "‑": "", "–": ""}
)


def new_number() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(number: str) -> str:
    """As printed: ``ABCDE-FGHJK-…``, the last group one longer."""
    heads = [number[at : at + GROUP] for at in range(0, LENGTH - GROUP - 1, GROUP)]
    return "-".join([*heads, number[len(heads) * GROUP :]])


def normalised(typed: str) -> str | None:
    """The number somebody typed, whatever its spaces, dashes, case and look-alikes; or None."""
    number = typed.strip().upper().translate(_LOOKALIKES)
    return number if len(number) == LENGTH and set(number) <= set(ALPHABET) else None
