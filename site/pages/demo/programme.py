"""The two days of the demo's colloque: functions, never a real person's name."""

from datetime import date

from events.domain.roles import RoleLine
from events.domain.session_agenda import AgendaLine
from events.models import SessionRole
from pages.demo.calendar import slot

SPEAKER, MODERATOR = SessionRole.Role.SPEAKER, SessionRole.Role.MODERATOR
NONE = "Aucun lien d’intérêt déclaré."
AUDITORIUM, FOYER, WORKSHOPS = "Auditorium", "Hall", "Salles 1 à 4"

PEOPLE = (
    RoleLine(MODERATOR, "La coordination de la CPTS Caen Couronne", "", "", NONE),
    RoleLine(SPEAKER, "Une patiente partenaire", "", "Enseigne à la faculté de santé", NONE),
    RoleLine(
        SPEAKER,
        "Un médecin généraliste",
        "",
        "Maître de stage universitaire, maison de santé du Bessin",
        "Honoraires d’orateur d’une société savante en 2025.",
    ),
    RoleLine(SPEAKER, "Une infirmière en pratique avancée", "", "Pathologies chroniques, Caen", NONE),
    RoleLine(SPEAKER, "Une psychologue du travail", "", "Service de prévention et de santé au travail", NONE),
    RoleLine(
        SPEAKER,
        "Un chercheur en sciences de gestion",
        "",
        "Équipe « organisations de santé »",
        "Contrat de recherche avec un groupe hospitalier, sans rapport avec le sujet.",
    ),
    RoleLine(MODERATOR, "Un pharmacien d’officine", "", "Membre du bureau de la CPTS", NONE),
)


def agenda(friday: date, saturday: date) -> list[AgendaLine]:
    """Ranks are those of ``PEOPLE``."""
    return [
        _line(friday, "09:00", "09:30", "Accueil, café", FOYER),
        _line(friday, "09:30", "10:00", "Ouverture", AUDITORIUM, speakers=(0,)),
        _line(
            friday,
            "10:00",
            "11:00",
            "Ce que les patients nous apprennent de nous",
            AUDITORIUM,
            "Un récit, puis une lecture à deux voix : ce qui a aidé, ce qui a manqué.",
            (0, 1, 2),
        ),
        _line(friday, "11:00", "11:30", "Pause", FOYER),
        _line(
            friday,
            "11:30",
            "12:30",
            "Table ronde : l’équipe, ressource ou contrainte ?",
            AUDITORIUM,
            speakers=(3, 4, 6),
        ),
        _line(friday, "12:30", "14:00", "Déjeuner sur place", FOYER),
        _line(
            friday,
            "14:00",
            "15:30",
            "Ateliers, premier tour",
            WORKSHOPS,
            "Au choix : écouter un récit, conduire un retour d’expérience, dire non, passer le relais.",
            (1, 3, 4),
        ),
        _line(friday, "15:30", "16:00", "Pause", FOYER),
        _line(friday, "16:00", "17:30", "Ateliers, second tour", WORKSHOPS, speakers=(1, 3, 4)),
        _line(saturday, "09:00", "09:20", "Accueil, café", FOYER),
        _line(
            saturday,
            "09:20",
            "10:20",
            "Travailler moins seul : ce que dit la recherche",
            AUDITORIUM,
            "Trois études récentes sur l’exercice coordonné, et leurs limites.",
            (5, 6),
        ),
        _line(
            saturday,
            "10:20",
            "11:40",
            "Paroles de terrain",
            AUDITORIUM,
            "Cinq équipes racontent en dix minutes ce qu’elles ont changé.",
            (2, 3, 6),
        ),
        _line(saturday, "11:40", "12:30", "Et lundi matin ?", AUDITORIUM, speakers=(0, 4)),
    ]


def _line(
    day: date,
    start: str,
    end: str,
    title: str,
    room: str,
    description: str = "",
    speakers: tuple[int, ...] = (),
) -> AgendaLine:
    times = slot(day, start, end)
    return AgendaLine(times.starts_at, title, times.ends_at, room, description, speakers)
