"""The copy of one's data as a page: the same content, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common import moments

TITLES = {
    "compte": "Votre compte",
    "adresses": "Vos adresses e-mail",
    "moyens_de_connexion": "Vos moyens de connexion",
    "adhesions": "Vos adhésions et rôles",
    "accords": "Vos accords",
    "inscriptions": "Vos inscriptions",
    "animation": "Les sessions que vous animez",
    "contresignatures": "Les feuilles d’émargement que vous avez contresignées",
    "formations": "Vos formations",
    "attestations": "Vos attestations",
    "messages": "Les messages qui vous ont été envoyés",
}
LABELS = {
    "a_attendu": "A attendu",
    "achevee_le": "Achevée le",
    "adherent": "Adhérent·e",
    "adresse_email": "Adresse e-mail",
    "avis_demandes": "Avis demandés",
    "avis_donnes": "Avis donnés (questionnaires ouverts)",
    "civilite": "Civilité",
    "connu_depuis": "Connu·e depuis",
    "copie_faite_le": "Copie faite le",
    "creneau": "Créneau",
    "creneaux_suivis": "Créneaux suivis",
    "debut": "Début",
    "delivree_le": "Délivrée le",
    "derniere_connexion": "Dernière connexion",
    "derniere_fois": "Dernière fois",
    "dernier_changement": "Dernier changement",
    "donne_le": "Donné le",
    "ecrit_le": "Écrit le",
    "envoye_le": "Envoyé le",
    "empreinte": "Empreinte",
    "etat": "État",
    "facon": "Façon",
    "evalue_le": "Évalué le",
    "inscription_le": "Inscription le",
    "invitation_agenda": "Invitation pour l’agenda",
    "jusqu_au": "Jusqu’au",
    "liens_d_interet": "Liens d’intérêt",
    "mot_de_passe": "Mot de passe",
    "motif": "Motif",
    "revoquee_le": "Révoquée le",
    "version": "Version",
    "nom_affiche": "Nom affiché",
    "note_le": "Noté le",
    "numero": "Numéro",
    "phrase_lue": "Phrase lue",
    "place_proposee_jusqu_au": "Place proposée jusqu’au",
    "prenom": "Prénom",
    "presence": "Présence",
    "presences": "Présences",
    "qualite": "Qualité",
    "reponse": "Réponse",
    "reponses": "Réponses",
    "retire_le": "Retiré le",
    "role": "Rôle",
    "signatures": "Signatures",
    "signe_le": "Signé le",
    "rpps": "Numéro RPPS",
    "verifiee": "Vérifiée",
    # A certificate’s facts keep the names under which they were issued.
    "person": "Personne",
    "person_short": "Sur la page de vérification",
    "organisation": "Structure",
    "organisation_city": "Commune",
    "signatory": "Signataire",
    "replaces": "Remplace le numéro",
    "document": "Textes de la structure",
    "training": "Formation",
    "opening": "Texte du début",
    "closing": "Texte de la fin",
    "legal_name": "Raison sociale",
    "legal_line": "Ligne légale",
    "signatory_role": "Qualité",
    "declaration_number": "Déclaration d’activité",
    "declaration_region": "Région",
    "nature": "Nature",
    "planned_minutes": "Minutes prévues",
    "trainers": "Qui forme",
    "objectives": "Objectifs",
    "objective": "Objectif",
    "level": "Niveau",
    "completed_on": "Achevée le",
    "dpc_number": "Numéro d’action de DPC",
    "activity": "Dispositif",
    "title": "Titre",
    "place": "Lieu",
    "slots": "Créneaux",
    "starts_at": "Début",
    "ends_at": "Fin",
    "minutes": "Minutes",
    "issued_on": "Délivrée le",
    "recu": "Ce qui a été reçu",
}
LONG = {"invitation_agenda", "trace"}  # for programs: only in the file


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[list[tuple[str, str]]]


def sections(data: Mapping[str, Any]) -> list[Section]:
    found = []
    for key, title in TITLES.items():
        value = data[key]
        rows = value if isinstance(value, list) else [value]
        found.append(Section(title, [pairs(row) for row in rows]))
    return found


def pairs(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What there is to say; what was left empty is not."""
    return [
        (label(key), said)
        for key, value in row.items()
        if key not in LONG and (said := in_words(value)) != ""
    ]


def label(key: str) -> str:
    return LABELS.get(key) or key.replace("_", " ").capitalize()


def in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return moments.moment(timezone.localtime(value))
    if isinstance(value, date):
        return moments.date_text(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name.lower()} : {said}" for name, said in pairs(value))
    if isinstance(value, list):
        return " ; ".join(said for each in value if (said := in_words(each)))
    return _text(str(value))


def _text(text: str) -> str:
    """A certificate keeps its times as ISO text."""
    moment = parse_datetime(text) if text[4:5] == "-" and "T" in text else None
    return moments.moment(timezone.localtime(moment)) if moment and moment.tzinfo else text
