"""One cell of a spreadsheet → one value. Each function raises ``CellError`` with the French reason."""

import re
import unicodedata
from datetime import date, datetime, time

from events.domain.imports.columns import fold
from events.models import Attendance, Registration
from members.professions import Civility

SHOWN = 40
_TIMES = re.compile(
    r"(?:de\s*)?(\d{1,2})\s*(?:[h:]|heures?)\s*(\d{2})?\s*(?:-|–|—|/|a|>|jusqu'a)\s*"
    r"(\d{1,2})\s*(?:[h:]|heures?)\s*(\d{2})?"
)
_DATES = (
    (re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})"), ("day", "month", "year")),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?"), ("year", "month", "day")),
)
_SINGLE_CASE_SPLIT = re.compile(r"([\s\-'’.]+)")


class CellError(Exception):
    """Why a cell is refused."""


class UnreadableCellError(CellError):
    """The cell holds what no keyboard types: its whole line is doubtful."""


def text(value: object, *, longest: int, what: str) -> str:
    """The cell on one line, without invisible characters at its edges or inside."""
    raw = _plain(value)
    if not (raw.isascii() and raw.isprintable()):
        raw = _visible(raw, what)
    cleaned = " ".join(raw.split())
    if len(cleaned) > longest:
        raise CellError(f"{what} : {len(cleaned)} caractères, {longest} au plus.")
    return cleaned


def _visible(raw: str, what: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs") and not char.isspace() for char in raw):
        raise UnreadableCellError(f"{what} : la case contient un caractère illisible, retapez-la.")
    return unicodedata.normalize("NFC", "".join(c for c in raw if unicodedata.category(c) != "Cf"))


def name(value: object, *, what: str) -> str:
    """A person's name; one typed in a single case takes a proper one."""
    typed = text(value, longest=80, what=what)
    if not typed:
        raise CellError(f"{what} : la case est vide.")
    if not any(char.isalpha() for char in typed) or any(unicodedata.category(c)[0] == "S" for c in typed):
        raise CellError(f"{what} : {shown(typed)} n’est pas un nom.")
    return proper_case(typed)


def proper_case(typed: str) -> str:
    """« LEMAÎTRE » → « Lemaître », « D'HÉROUVILLE » → « D'Hérouville »; « Da Silva » stays."""
    if typed != typed.upper() and typed != typed.lower():
        return typed
    return "".join(part[:1].upper() + part[1:].lower() for part in _SINGLE_CASE_SPLIT.split(typed))


def day(value: object) -> date:
    if isinstance(value, datetime):
        return _recent(value.date())
    if isinstance(value, date):
        return _recent(value)
    typed = text(value, longest=SHOWN, what="Date")
    if not typed:
        raise CellError("Date : la case est vide.")
    for pattern, names in _DATES:
        if found := pattern.fullmatch(typed):
            parts = dict(zip(names, found.groups(), strict=True))
            if len(parts["year"]) == 2:
                parts["year"] = f"20{parts['year']}"
            try:
                return _recent(date(**{name: int(part) for name, part in parts.items()}))
            except ValueError:
                raise CellError(f"Date : {shown(typed)} n’existe pas dans le calendrier.") from None
    raise CellError(f"Date : {shown(typed)} n’est pas une date comme 21/05/2024.")


def times(value: object) -> tuple[time, time]:
    typed = text(value, longest=SHOWN, what="Horaire")
    if not typed:
        raise CellError("Horaire : la case est vide.")
    found = _TIMES.fullmatch(fold(typed).replace("’", "'"))
    if not found:
        raise CellError(f"Horaire : {shown(typed)} n’est pas un horaire comme 19h00-21h00.")
    hours = [int(part or 0) for part in found.groups()]
    try:
        start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    except ValueError:
        raise CellError(f"Horaire : {shown(typed)} n’existe pas.") from None
    if end <= start:
        raise CellError(f"Horaire : {shown(typed)}, la fin précède le début.")
    return start, end


def place(value: object) -> tuple[str, str]:
    """« Espace Graville, Le Havre » → the place and its town."""
    typed = text(value, longest=242, what="Lieu")
    where, comma, town = typed.rpartition(",")
    if not comma:
        where, town = typed, ""
    where, town = where.strip(), town.strip()
    if len(where) > 160 or len(town) > 80:
        raise CellError("Lieu : 160 caractères au plus pour le lieu, 80 pour la commune.")
    return where, town


def seats(value: object) -> int:
    typed = text(value, longest=SHOWN, what="Places")
    if not typed:
        raise CellError("Places : la case est vide.")
    found = re.fullmatch(r"([0-9]{1,5})(?:[.,]0+)?", typed)
    if not found or not 1 <= int(found[1]) <= 10_000:
        raise CellError(f"Places : {shown(typed)} n’est pas un nombre entier de 1 à 10 000.")
    return int(found[1])


def civility(value: object) -> Civility | str:
    typed = text(value, longest=SHOWN, what="Civilité")
    word = re.sub(r"[^a-z]", "", fold(typed))
    if word in ("mme", "madame", "mlle", "mademoiselle", "mmes"):
        return Civility.MME
    if word in ("m", "mr", "monsieur"):
        return Civility.M
    if word:
        raise CellError(f"Civilité : {shown(typed)} n’est ni Mme ni M., laissée vide.")
    return ""


def rpps(value: object) -> str:
    typed = text(value, longest=SHOWN, what="RPPS")
    digits = re.sub(r"[\s.\-]", "", typed)
    if digits and not re.fullmatch(r"[0-9]{11}", digits):
        raise CellError(f"RPPS : {shown(typed)} ne compte pas 11 chiffres, laissé vide.")
    return digits


def member(value: object) -> bool | None:
    """None when the cell is empty."""
    typed = text(value, longest=SHOWN, what="Adhérent CPTS")
    word = re.sub(r"[^a-z0-9]", "", fold(typed))
    if word in ("oui", "o", "vrai", "true", "1", "x", "adherent", "adherente"):
        return True
    if word in ("non", "n", "faux", "false", "0", "nonadherent", "nonadherente"):
        return False
    if not word:
        return None
    raise CellError(f"Adhérent CPTS : {shown(typed)} n’est ni Oui ni Non.")


def presence(value: object) -> tuple[Registration.State, Attendance.State | None]:
    """State of the registration, and mark on the sheet (none for who withdrew)."""
    typed = text(value, longest=SHOWN, what="Présence")
    word = re.sub(r"[^a-z]", "", fold(typed))
    if not word:
        raise CellError("Présence : la case est vide.")
    if word.startswith(("desist", "sestdesist")):
        return Registration.State.WITHDRAWN, None
    if word.startswith(("excus", "absentexcus", "absenteexcus")):
        return Registration.State.CONFIRMED, Attendance.State.EXCUSED
    if re.fullmatch(r"absente?s?|absente|non|a", word):
        return Registration.State.CONFIRMED, Attendance.State.ABSENT
    if re.fullmatch(r"presente?s?|presente|oui|p|x", word):
        return Registration.State.CONFIRMED, Attendance.State.PRESENT
    if word in ("enretard", "retard", "presentenretard", "presenteenretard"):
        return Registration.State.CONFIRMED, Attendance.State.LATE
    raise CellError(f"Présence : {shown(typed)} n’est ni Présent, ni Absent, ni Excusé, ni Désisté.")


def score(value: object) -> int | None:
    typed = text(value, longest=SHOWN, what="Note")
    if not typed:
        return None
    found = re.fullmatch(r"([0-9]{1,3})([.,][0-9]+)?(?:\s*/\s*10)?", typed)
    if not found or float(f"{found[1]}{(found[2] or '').replace(',', '.')}") > 10:
        raise CellError(f"Note : {shown(typed)} n’est pas une note de 0 à 10, non comptée.")
    if (found[2] or "").strip(".,0"):
        raise CellError(f"Note : {shown(typed)} n’est pas un nombre entier, non comptée.")
    return int(found[1])


def shown(typed: str) -> str:
    """What was typed, short enough for a sentence."""
    return f"« {typed[:SHOWN]}{'…' if len(typed) > SHOWN else ''} »"


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _recent(day: date) -> date:
    if not 2000 <= day.year <= 2100:
        raise CellError(f"Date : l’année {day.year} est impossible ici.")
    return day
