"""The professions that Escale knows.

Source: codes of the national tables TRE_G15/R95 (MOS/NOS nomenclatures of the health and social sector),
in inclusive or neutral French wording; the last five are ours, for people that the tables do not list.
"""

from django.db.models import TextChoices


class Profession(TextChoices):
    MEDECIN = "10", "Médecin"
    PHARMACIEN = "21", "Pharmacien·ne"
    DENTISTE = "40", "Chirurgien·ne-dentiste"
    SAGE_FEMME = "50", "Sage-femme / maïeuticien"
    INFIRMIER = "60", "Infirmier·ère"
    KINESITHERAPEUTE = "70", "Masseur·se-kinésithérapeute"
    PODOLOGUE = "80", "Pédicure-podologue"
    ORTHOPHONISTE = "91", "Orthophoniste"
    ORTHOPTISTE = "92", "Orthoptiste"
    PSYCHOLOGUE = "93", "Psychologue"
    ERGOTHERAPEUTE = "94", "Ergothérapeute"
    DIETETICIEN = "95", "Diététicien·ne"
    PSYCHOMOTRICIEN = "96", "Psychomotricien·ne"
    AUDIOPROTHESISTE = "26", "Audioprothésiste"
    OPTICIEN = "28", "Opticien·ne-lunetier·ère"
    AIDE_SOIGNANT = "35", "Aide-soignant·e"
    OSTEOPATHE = "71", "Ostéopathe"
    INTERNE = "interne", "Interne"
    ETUDIANT = "etudiant", "Étudiant·e en santé"
    COORDINATEUR = "coordinateur", "Coordinateur·rice"
    AUTRE = "autre", "Autre profession"


class Civility(TextChoices):
    """Optional; serves only the report's share of women, over those who gave it."""

    MME = "mme", "Madame"
    M = "m", "Monsieur"
