"""Our answers to OWASP ASVS 5.0, as a page: ``python -m tests.security.asvs`` writes docs/securite-asvs.md.

``asvs.txt`` holds them; the numbers and levels below are those of the standard (version 5.0.0): for each
section, the level of each of its requirements that concerns us. Levels 1 and 2 everywhere; level 3 too for
authentication, sessions, access control, data protection and logging.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "tests" / "security" / "asvs.txt"
PAGE = ROOT / "docs" / "securite-asvs.md"
GIVEN = ("oui", "en partie", "non", "sans objet")
LEVELS = {
    "1.1": "22",
    "1.2": "111112222",
    "1.3": "11222222222",
    "1.4": "222",
    "1.5": "12",
    "2.1": "122",
    "2.2": "112",
    "2.3": "1222",
    "2.4": "2",
    "3.2": "11",
    "3.3": "1222",
    "3.4": "112222",
    "3.5": "11122",
    "3.7": "22",
    "4.1": "122",
    "4.2": "2",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112",
    "5.3": "11",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "22",
    "10.3": "2222",
    "10.4": "11111222222",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "22",
    "11.2": "222",
    "11.3": "112",
    "11.4": "1222",
    "11.5": "2",
    "11.6": "2",
    "12.1": "122",
    "12.2": "11",
    "12.3": "2222",
    "13.1": "2",
    "13.2": "22222",
    "13.3": "22",
    "13.4": "12222",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "122",
    "15.2": "122",
    "15.3": "1222222",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "2",
    "17.2": "2222",
    "17.3": "22",
}
CHAPTERS = {
    1: "Encoder et assainir",
    2: "Valider, règles du métier",
    3: "Navigateur",
    4: "Interfaces",
    5: "Fichiers",
    6: "Authentification",
    7: "Sessions",
    8: "Droits",
    9: "Jetons autonomes",
    10: "OAuth et OpenID Connect",
    11: "Cryptographie",
    12: "Communications",
    13: "Configuration",
    14: "Données",
    15: "Code et architecture",
    16: "Journaux et erreurs",
    17: "WebRTC",
}


@dataclass(frozen=True)
class Answer:
    number: str
    asked: str
    given: str
    where: str
    proof: str

    @property
    def level(self) -> str:
        section, _, rank = self.number.rpartition(".")
        return LEVELS[section][int(rank) - 1]

    @property
    def files(self) -> list[str]:
        """What ``where`` names of this project; a « * » stands for each app."""
        return [name for name in re.findall(r"`([^` ]+)`", self.where) if "/" in name and name[0] != "/"]


def required() -> list[str]:
    return [f"{section}.{rank}" for section, levels in LEVELS.items() for rank in range(1, len(levels) + 1)]


def answers() -> Iterator[Answer]:
    for line in ANSWERS.read_text().splitlines():
        if line and not line.startswith("#"):
            yield Answer(*line.split("|"))


def page() -> str:
    found = list(answers())
    counted = Counter(each.given for each in found)
    lines = [
        "# OWASP ASVS 5.0 : où en est Escale",
        "",
        "Niveaux 1 et 2 en entier ; niveau 3 aussi pour l’authentification (6), les sessions (7), les droits",
        "(8), les données (14) et les journaux (16). Les numéros sont ceux de la version 5.0.0 du standard",
        "(`v5.0.0-<numéro>`) ; ce qui est demandé est résumé dans nos mots. Page écrite par",
        "`python -m tests.security.asvs` d’après `tests/security/asvs.txt` ; un test vérifie que rien ne",
        "manque et que chaque preuve nommée existe.",
        "",
        f"{len(found)} exigences : " + ", ".join(f"{counted[each]} « {each} »" for each in GIVEN) + ".",
    ]
    chapter = ""
    for each in found:
        number = each.number.partition(".")[0]
        if number != chapter:
            chapter = number
            lines += ["", f"## {number}. {CHAPTERS[int(number)]}", ""]
            lines += [
                "| n° | niveau | demandé | répondu | où, comment | preuve |",
                "|---|---|---|---|---|---|",
            ]
        proof = f"`{each.proof}`" if each.proof else ""
        lines.append(
            f"| {each.number} | {each.level} | {each.asked} | {each.given} | {each.where} | {proof} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
