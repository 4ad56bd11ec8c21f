"""Which column of a coordinator's table is which, whatever its case, accents, spaces and order."""

import re
import unicodedata
from collections.abc import Sequence

from common.errors import DomainError

# Field of ours → title shown when it is missing, and the titles under which it is recognised.
TITLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "date": ("Date", ("date", "jour", "datedelasession", "datedelatelier")),
    "times": ("Horaire", ("horaire", "horaires", "heure", "heures", "creneau")),
    "title": ("Atelier", ("atelier", "theme", "titre", "session", "intitule", "intituledelatelier")),
    "place": ("Lieu", ("lieu", "lieux", "adresse", "salle")),
    "seats": ("Places", ("places", "place", "nombredeplaces", "nbplaces", "nbdeplaces", "jauge", "capacite")),
    "last_name": ("Nom", ("nom", "noms", "nomdefamille", "nomdusage")),
    "first_name": ("Prénom", ("prenom", "prenoms")),
    "email": ("Courriel", ("courriel", "email", "mail", "adressemail", "adresseemail", "adressecourriel")),
    "civility": ("Civilité", ("civilite", "civ", "titredecivilite")),
    "profession": ("Profession", ("profession", "professions", "metier", "fonction")),
    "rpps": ("RPPS", ("rpps", "numerorpps", "nrpps", "norpps", "ndrpps")),
    "member": (
        "Adhérent CPTS",
        ("adherentcpts", "adherent", "adherente", "adherentecpts", "adhesion", "membre"),
    ),
    "presence": ("Présence", ("presence", "presences", "present", "statut", "emargement")),
    "score": ("Note /10", ("note10", "note", "notesur10", "satisfaction")),
}
# Statements that a registration does without too.
OPTIONAL = frozenset({"civility", "rpps", "score"})
SEARCHED_ROWS = 10
_MIN_RECOGNISED = 3
_FIELDS = {alias: field for field, (_title, aliases) in TITLES.items() for alias in aliases}


def fold(text: str) -> str:
    """Lower case without accents; what is compared, never what is stored."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def find_header(rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int], list[str]]:
    """Index of the header row, the column of each field, and notices. Raises ``DomainError``.

    Coordinators like a title above their table, so the header may be a few rows down.
    """
    best = 0
    best_fields: list[str | None] = []
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        fields = [_field(cell) for cell in row]
        if len(set(fields) - {None}) > len(set(best_fields) - {None}):
            best, best_fields = index, fields
    _check(best_fields)
    columns = {field: at for at, field in enumerate(best_fields) if field}
    return best, columns, _notices(rows[best], best_fields)


def _field(cell: object) -> str | None:
    return _FIELDS.get(re.sub(r"[^a-z0-9]", "", fold(str(cell or ""))[:200]))


def _check(fields: list[str | None]) -> None:
    known = [field for field in fields if field]
    if len(set(known)) < _MIN_RECOGNISED:
        expected = ", ".join(title for title, _aliases in TITLES.values())
        raise DomainError(f"Les titres des colonnes ne sont pas reconnus. Colonnes attendues : {expected}.")
    twice = sorted({TITLES[field][0] for field in known if known.count(field) > 1})
    if twice:
        raise DomainError(f"Deux colonnes portent le même titre : {_quoted(twice)}. Gardez-en une seule.")
    missing = [title for field, (title, _aliases) in TITLES.items() if field not in (*known, *OPTIONAL)]
    if missing:
        what = "Il manque la colonne" if len(missing) == 1 else "Il manque les colonnes"
        raise DomainError(f"{what} {_quoted(missing)}.")


def _notices(titles: Sequence[object], fields: list[str | None]) -> list[str]:
    notices = [
        f"La colonne « {TITLES[field][0]} » est absente : cette information reste vide."
        for field in TITLES
        if field in OPTIONAL and field not in fields
    ]
    ignored = [
        str(title).strip()[:40]
        for title, field in zip(titles, fields, strict=True)
        if not field and str(title or "").strip()
    ]
    if ignored:
        notices.append(f"Colonnes ignorées : {_quoted(ignored)}.")
    return notices


def _quoted(titles: Sequence[str]) -> str:
    return ", ".join(f"« {title} »" for title in titles)
