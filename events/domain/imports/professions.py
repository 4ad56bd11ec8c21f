"""Professions as coordinators type them → the official list. What is not here is not guessed."""

import re
from functools import cache

from events.domain.imports.columns import fold
from members.professions import Profession

# Written naturally: ``_key`` brings both these and what is typed to the same form.
ALIASES: dict[Profession, str] = {
    Profession.MEDECIN: (
        "médecin, médecin généraliste, généraliste, MG, Dr médecin généraliste, docteur médecin "
        "généraliste, docteur en médecine, Dr médecin, docteur médecin, Dr MG, médecin MG, médecin "
        "traitant, médecin spécialiste, médecin coordonnateur, médecin du travail, médecin scolaire, "
        "médecin de PMI, médecin urgentiste, urgentiste, anesthésiste, anesthésiste réanimateur, médecin "
        "anesthésiste, cardiologue, dermatologue, endocrinologue, gastro-entérologue, gériatre, médecin "
        "gériatre, gynécologue, gynécologue obstétricien, néphrologue, neurologue, oncologue, "
        "ophtalmologue, ophtalmologiste, ORL, pédiatre, pneumologue, psychiatre, médecin psychiatre, "
        "pédopsychiatre, radiologue, rhumatologue, urologue, médecin algologue, médecin addictologue"
    ),
    Profession.PHARMACIEN: (
        "pharmacien, pharmacien d’officine, pharmacien titulaire, pharmacien titulaire d’officine, "
        "pharmacien adjoint, pharmacien hospitalier, pharmacien biologiste, docteur en pharmacie, Dr en "
        "pharmacie, Dr pharmacien"
    ),
    Profession.DENTISTE: (
        "chirurgien-dentiste, dentiste, chir. dentiste, Dr chirurgien-dentiste, docteur "
        "chirurgien-dentiste, docteur en chirurgie dentaire, Dr dentiste, orthodontiste"
    ),
    Profession.SAGE_FEMME: "sage-femme, SF, maïeuticien, sagefemme, sage-femme maïeuticien",
    Profession.INFIRMIER: (
        "infirmier, IDE, IDEL, infirmier DE, infirmier diplômé d’État, infirmier libéral diplômé d’État, "
        "IPA, infirmier en pratique avancée, infirmier de pratique avancée, IADE, IBODE, infirmier IDE, "
        "infirmier IDEL, IDEC, infirmier anesthésiste, infirmier de bloc, infirmier coordinateur, infirmier"
        " coordonnateur, infirmier puériculteur, puériculteur, infirmier scolaire, infirmier Asalée, cadre "
        "infirmier, infirmier de coordination, infirmier conseil, infirmier psychiatrique, IDE libéral"
    ),
    Profession.KINESITHERAPEUTE: (
        "masseur-kinésithérapeute, kinésithérapeute, kiné, MK, MKDE, MKL, masseur-kiné, kinésithérapeute du"
        " sport, masseur-kinésithérapeute DE, MK DE"
    ),
    Profession.PODOLOGUE: "pédicure-podologue, podologue, pédicure, podologue pédicure",
    Profession.ORTHOPHONISTE: "orthophoniste",
    Profession.ORTHOPTISTE: "orthoptiste",
    Profession.PSYCHOLOGUE: (
        "psychologue, psychologue clinicien, psychologue du travail, neuropsychologue, psychologue "
        "psychothérapeute, psychologue clinicien psychothérapeute"
    ),
    Profession.ERGOTHERAPEUTE: "ergothérapeute, ergo",
    Profession.DIETETICIEN: "diététicien, diététicien nutritionniste",
    Profession.PSYCHOMOTRICIEN: "psychomotricien, psychomot",
    Profession.AUDIOPROTHESISTE: "audioprothésiste",
    Profession.OPTICIEN: "opticien, opticien-lunetier",
    Profession.AIDE_SOIGNANT: (
        "aide-soignant, AS, ASD, aide-soignant DE, aide-soignant diplômé d’État, aidesoignant"
    ),
    Profession.OSTEOPATHE: "ostéopathe, ostéo, ostéopathe DO",
    Profession.INTERNE: (
        "interne, interne en médecine, interne en médecine générale, interne de médecine générale, interne "
        "MG, interne en pharmacie, interne en psychiatrie, interne des hôpitaux, docteur junior"
    ),
    Profession.ETUDIANT: (
        "étudiant en santé, étudiant, étudiant en médecine, étudiant infirmier, étudiant en soins "
        "infirmiers, ESI, élève infirmier, externe, externe en médecine, étudiant sage-femme, étudiant en "
        "maïeutique, étudiant kiné, étudiant en kinésithérapie, étudiant en masso-kinésithérapie, étudiant "
        "en pharmacie, étudiant aide-soignant, élève aide-soignant, étudiant en odontologie, étudiant "
        "orthophoniste, étudiant en orthophonie"
    ),
    Profession.COORDINATEUR: (
        "coordinateur, coordonnateur, coordinateur CPTS, coordonnateur CPTS, coordinateur de CPTS, "
        "coordinateur de parcours, coordinateur MSP, coordinateur de santé"
    ),
    Profession.AUTRE: "autre, autre profession",
}
# How somebody practises does not change what they are.
_QUALIFIERS = frozenset({"liberal", "salarie", "remplacant", "hospitalier", "conventionne", "exercant"})
_LINKS = frozenset({"de", "d", "du", "des", "en", "et", "la", "le", "l", "a", "ou"})
# Feminine endings that inclusive spellings leave alone: « infirmier·ère », « pharmacien(ne) ».
_ENDINGS = frozenset({"e", "es", "s", "ere", "eres", "iere", "ieres", "ne", "nes", "ienne", "iennes"})
_ENDINGS |= frozenset({"se", "ses", "euse", "euses", "rice", "rices", "trice", "trices", "te", "ante", "ale"})
_MASCULINE = (
    (re.compile(r"ienne$"), "ien"),
    (re.compile(r"iere$"), "ier"),
    (re.compile(r"(?<=ass)euse$"), "eur"),
    (re.compile(r"trice$"), "teur"),
    (re.compile(r"(?<=n)te$"), "t"),
    (re.compile(r"ale$"), "al"),
    (re.compile(r"ee$"), "e"),
)
# Not feminine forms, whatever their ending.
_KEPT = frozenset({"dentiste", "orthodontiste", "pediatre"})


def recognise(typed: str) -> Profession | None:
    """The profession of the official list, or None when it is not known for sure."""
    return _table().get(_key(typed[:200]))


@cache
def _table() -> dict[str, Profession]:
    table = {_key(alias): profession for profession, names in ALIASES.items() for alias in names.split(",")}
    return table | {_key(profession.label): profession for profession in Profession}


def _key(text: str) -> str:
    """Words in one form: no accents, case, punctuation, gender, plural, links or ways of practising."""
    words = [word for word in re.split(r"[^a-z0-9]+", fold(text)) if word]
    if all(len(word) == 1 for word in words):
        words = ["".join(words)]  # « I.D.E. »
    kept: list[str] = []
    for at, word in enumerate(words):
        if at and word in _ENDINGS:
            continue
        stem = _stem(word)
        if stem in _LINKS or stem in _QUALIFIERS or (kept and kept[-1] == stem):
            continue
        kept.append(stem)
    return " ".join(kept)


def _stem(word: str) -> str:
    if len(word) <= 3 or word in _KEPT:
        return word
    if word.endswith("s"):
        word = word[:-1]
    for ending, masculine in _MASCULINE:
        word, changed = ending.subn(masculine, word)
        if changed:
            break
    return word
