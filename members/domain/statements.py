"""What a person states of themselves, checked and normalised once: at a registration, in their profile."""

import re
import unicodedata

from common.errors import DomainError
from members.professions import Civility, Profession

NAME_LENGTH = 80
# Anybody may type anybody's address: our mail greets them by this name, and must not advertise for it.
_ADDRESS = re.compile(r"://|\bwww\.|\w\.(?:com|fr|net|org|eu|info|io|biz|ru|xyz|top|link|site|shop)\b", re.I)
# Control characters, halves of a character that something cut, and the private areas of fonts.
_NO_LETTER = {"Cc", "Cs", "Co"}


def checked_name(raw: str, *, field: str, what: str) -> str:
    if any(unicodedata.category(char) in _NO_LETTER for char in raw.strip()):
        raise DomainError(f"Le {what} contient un caractère invisible : retapez-le.", field=field)
    # Invisible marks (zero-width, text direction) come along with copied text and can disguise a name.
    visible = "".join(char for char in raw if unicodedata.category(char) != "Cf")
    name = " ".join(unicodedata.normalize("NFC", visible).split())
    if not name:
        raise DomainError(f"Indiquez votre {what}.", field=field)
    if _ADDRESS.search(name):
        raise DomainError(f"Le {what} ne contient pas d’adresse internet.", field=field)
    if len(name) > NAME_LENGTH:
        raise DomainError(f"Le {what} dépasse {NAME_LENGTH} caractères.", field=field)
    return name


def checked_rpps(raw: str) -> str:
    rpps = re.sub(r"[\s.]", "", raw)
    if rpps and not re.fullmatch(r"[0-9]{11}", rpps):
        raise DomainError("Le numéro RPPS compte 11 chiffres.", field="rpps")
    return rpps


def rpps_looks_mistyped(rpps: str) -> bool:
    """Whether the Luhn sum fails. It only warns: no official specification of a check digit was found."""
    total = 0
    for index, digit in enumerate(map(int, reversed(rpps))):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return bool(rpps) and total % 10 != 0


def one_of(choices: type[Profession] | type[Civility], raw: str, *, field: str) -> str:
    if raw and raw not in choices.values:
        raise DomainError("Ce choix ne fait pas partie de la liste.", field=field)
    return raw
