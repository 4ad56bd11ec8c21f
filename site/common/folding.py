"""Words compared as people type them: without accents, case, ligatures or typographic signs.

No extension of PostgreSQL is needed. There, folding ten thousand texts takes 600 ms, so it is the question
that unfolds: « cafe » asks for ``caf[eéèêë…]`` (40 ms). SQLite calls ``holds``, which folds each text once.
The catalogue asks neither: it reads what is said and folds it in one piece (``folded``).
"""

import codecs
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as Sqlite
from django.db.models import BooleanField, Func, TextField, Value
from django.db.models.functions import Concat

LETTERS = {
    "a": "aàáâãäå", "c": "cç", "e": "eéèêë", "i": "iíìîï", "n": "nñ", "o": "oóòôõö", "u": "uúùûü", "y": "yýÿ",
}  # fmt: skip
LIGATURES = {"oe": "œ", "ae": "æ"}
WORD = re.compile(r"\w+")
# Said without meaning anything to look for.
LINKS = {
    "a", "au", "aux", "avec", "ce", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou",
    "par", "pour", "qu", "que", "s", "sur", "un", "une",
}  # fmt: skip
MOST_WORDS, LONGEST = 8, 40


def _latin() -> bytes:
    """What each letter of Latin-1 becomes: most French texts fold in one pass over their bytes."""
    table = bytearray(range(256))
    for code in range(256):
        bare = unicodedata.normalize("NFKD", chr(code).lower())[0]
        if bare.isalnum() and ord(bare) < 256:
            table[code] = ord(bare)
    return bytes(table)


_LATIN = _latin()


def fold(text: str) -> str:
    """« L’Écoute à cœur » → « l'ecoute a coeur »."""
    text = text.replace("’", "'").replace("œ", "oe")
    raw = text.encode("latin-1", "escale-fold")
    return raw.translate(_LATIN).decode("latin-1").replace("æ", "ae")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """The rare letters and signs that Latin-1 has not, nearest to how one types them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    said = error.object[error.start : error.end].lower().replace("œ", "oe").replace("–", "-")
    bare = unicodedata.normalize("NFKD", said.replace("\u202f", " "))
    return "".join(each for each in bare if ord(each) < 256), error.end


codecs.register_error("escale-fold", _plain)


def folded(texts: Sequence[str]) -> list[str]:
    """Each of ``texts`` folded, in one piece: ten thousand take 10 ms instead of 30."""
    whole = fold("\0".join(texts)).split("\0")
    # No text holds a NUL, unless somebody wrote one into the database by hand.
    return whole if len(whole) == len(texts) else [fold(text) for text in texts]


def words(typed: str) -> tuple[str, ...]:
    """The words of a question that say something, folded, each once, without the mark of the plural."""
    found = [word[:LONGEST] for word in WORD.findall(fold(typed))]
    meant = [word for word in found if word not in LINKS and (len(word) > 1 or word.isdigit())] or found
    return tuple(dict.fromkeys(_singular(word) for word in meant))[:MOST_WORDS]


def holds(text: str | None, *asked: str) -> bool:
    """Whether ``text`` holds each of the folded words ``asked``, be it inside longer ones."""
    folded = fold(text or "")
    return all(map(folded.__contains__, asked))


class Holds(Func):
    """``holds`` in the database: ``filter(Holds(["title", "city"], "cafe"))``."""

    function = "escale_holds"
    output_field = BooleanField()
    conditional = True

    def __init__(self, fields: Sequence[str], word: str) -> None:
        joined: list[Any] = []
        for field in fields:
            joined += [field, Value(" ")]
        self.word = word
        super().__init__(Concat(*joined, output_field=TextField()), Value(word))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        text, params = compiler.compile(self.source_expressions[0])
        return f"({text}) ~* %s", (*params, pattern(self.word))


def pattern(word: str) -> str:
    """« oeuf » → « (?:oe|œ)uf », each letter with the accents that it may carry, in both cases."""
    written, at = "", 0
    while at < len(word):
        pair = word[at : at + 2]
        if pair in LIGATURES:
            first, second = (_class(letter) for letter in pair)
            written += f"(?:{first}{second}|[{LIGATURES[pair]}{LIGATURES[pair].upper()}])"
            at += 2
        else:
            written += _class(word[at])
            at += 1
    return written


def teach_sqlite(sender: type, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """On ``connection_created``: SQLite folds nothing but ASCII by itself."""
    if isinstance(connection, Sqlite):
        raw: sqlite3.Connection = connection.connection
        raw.create_function("escale_holds", -1, holds, deterministic=True)


def _class(letter: str) -> str:
    accented = LETTERS.get(letter)
    return f"[{accented}{accented[1:].upper()}]" if accented else re.escape(letter)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
