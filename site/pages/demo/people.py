"""Invented people; every address ends in example.org, which belongs to nobody."""

from events.domain.people import Person

PASSWORD = "escale-demo-2026"  # noqa: S105 - public, and only where ESCALE_DEMO allows it
PROFESSIONAL = "soignante@example.org"
COORDINATOR = "coordination@example.org"
TRAINER = "formatrice@example.org"
ADMINISTRATOR = "admin@example.org"

ACCOUNTS = (
    (
        PROFESSIONAL,
        "Camille",
        "Lefort",
        "60",
        "mme",
        "professionnelle : ses inscriptions et ses attestations",
    ),
    (COORDINATOR, "Anne", "Vasseur", "coordinateur", "mme", "coordinatrice de la CPTS Grand Havre"),
    (TRAINER, "Hélène", "Marais", "93", "mme", "formatrice : ses sessions, leurs participants, l’émargement"),
    (ADMINISTRATOR, "Admin", "Escale", "autre", "", "administrateur de la plateforme"),
)

_NAMES = (
    ("Inès", "Carpentier", "60", "mme"), ("Thomas", "Hauchecorne", "10", "m"),
    ("Léa", "Duboc", "70", "mme"), ("Malik", "Benali", "21", "m"),
    ("Sophie", "Lemonnier", "91", "mme"), ("Claire", "Fleury", "50", "mme"),
    ("Antoine", "Grancher", "60", "m"), ("Fatou", "Diallo", "35", "mme"),
    ("Nicolas", "Hébert", "10", "m"), ("Aurélie", "Savary", "95", "mme"),
    ("Mathilde", "Quesnel", "60", "mme"), ("Yannick", "Le Goff", "40", "m"),
    ("Samira", "Haddad", "10", "mme"), ("Élise", "Tocqueville", "94", "mme"),
    ("Paul", "Maugard", "80", "m"), ("Jeanne", "Auber", "60", "mme"),
    ("Hugo", "Varin", "interne", "m"), ("Clémence", "Delamare", "93", "mme"),
    ("Karine", "Lebourg", "60", "mme"), ("Olivia", "Ferreira", "70", "mme"),
    ("Benoît", "Cauchois", "10", "m"), ("Noémie", "Piquenot", "etudiant", "mme"),
    ("Lucie", "Renard", "60", "mme"), ("Stéphane", "Guérin", "21", "m"),
    ("Awa", "Traoré", "35", "mme"), ("Pauline", "Bellanger", "50", "mme"),
    ("Rémi", "Toutain", "70", "m"), ("Catherine", "Osmont", "10", "mme"),
    ("Julie", "Hamon", "91", "mme"), ("Amandine", "Letellier", "60", "mme"),
)  # fmt: skip


def person(number: int) -> Person:
    """The invented person of that number; one in two is a member."""
    first_name, last_name, profession, civility = _NAMES[number % len(_NAMES)]
    return Person(
        first_name=first_name,
        last_name=last_name,
        email=f"demo{number % len(_NAMES) + 1:02}@example.org",
        profession=profession,
        civility=civility,
        is_member=number % 2 == 0,
    )


def professional() -> Person:
    email, first_name, last_name, profession, civility, _what = ACCOUNTS[0]
    return Person(first_name, last_name, email, profession, civility, is_member=True)
