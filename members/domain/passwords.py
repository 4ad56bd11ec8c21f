"""What a password must be, for the few who want one: long, or varied, or a phrase. It never expires.

The rule is the CNIL's recommendation of 2022 on passwords: 12 characters of four kinds, 14 of three, or
a phrase of seven words. What anybody would try first here counts for nothing.
"""

import re

SENTENCE = (
    "Choisissez 12 caractères avec majuscule, minuscule, chiffre et signe, "
    "ou 14 caractères de trois de ces sortes, ou une phrase de sept mots. "
    "« Escale », « CPTS » et « soignant » n’y comptent pas."
)
_OURS = re.compile("escale|cpts|soignante?s?|motdepasse|password|azerty", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_strong(password: str) -> bool:
    length, kinds = len(_OURS.sub("", password)), _kinds(password)
    return (length >= 12 and kinds == 4) or (length >= 14 and kinds >= 3) or _words(password) >= 7


def _kinds(password: str) -> int:
    return sum(
        (
            any(char.islower() for char in password),
            any(char.isupper() for char in password),
            any(char.isdigit() for char in password),
            any(not char.isalnum() and not char.isspace() for char in password),
        )
    )


def _words(password: str) -> int:
    """Different words: the same one seven times is no phrase."""
    return len({word.casefold() for word in _WORD.findall(password)})
