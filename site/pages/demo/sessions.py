"""The demo's sessions, dated from today: open, nearly full, full, in several slots, past, cancelled."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from events.domain.roles import RoleLine
from events.domain.session_agenda import AgendaLine
from events.domain.sessions import SlotTimes
from events.models import Session, SessionRole
from pages.demo import programme
from pages.demo.calendar import FRIDAY, fortnightly, next_last_friday_of, slot, third_thursday, weekday_after
from pages.demo.people import TRAINER

ANIMATION, TRAINING, SPEAKER, MODERATOR = (
    SessionRole.Role.FACILITATOR,
    SessionRole.Role.TRAINER,
    SessionRole.Role.SPEAKER,
    SessionRole.Role.MODERATOR,
)


WELCOME, OPENING = "accueil-nouveaux-soignants", "Soirée d’ouverture"


@dataclass(frozen=True)
class DemoSession:
    """``people`` register in order, from the invented person ``first``; ``with_professional``: after them."""

    activity: str
    title: str
    description: str
    slots: list[SlotTimes]
    capacity: int
    place_name: str = ""
    address: str = ""
    city: str = ""
    department: str = ""
    access: str = ""
    to_bring: str = ""
    online_url: str = ""
    people: int = 0
    first: int = 0
    with_professional: bool = False
    roles: list[RoleLine] = field(default_factory=list)
    agenda: list[AgendaLine] = field(default_factory=list)
    leaflet: str = ""
    opens_in_days: int | None = None
    cancelled_because: str = ""
    settled: bool = False

    @property
    def modality(self) -> str:
        return Session.Modality.ONLINE if self.online_url else Session.Modality.ONSITE


ROUND_POINT = {
    "place_name": "Maison de santé du Rond-Point",
    "city": "Le Havre",
    "access": "Tram B, arrêt Rond-Point · accessible en fauteuil",
}
ORMEAUX = {
    "place_name": "Salle des Ormeaux",
    "city": "Sainte-Adresse",
    "access": "De plain-pied, parking devant",
}


def sessions() -> list[DemoSession]:
    return [*_cafes(), *_welcomes(), *_imhotep(), *_mots(), *_caen()]


def _cafes() -> list[DemoSession]:
    activity = "cafe-des-soignants"
    return [
        DemoSession(
            activity,
            "Cohérence cardiaque",
            "Une heure de pratique guidée pour apprendre à faire redescendre la pression entre deux "
            "patients, puis un temps d’échange autour d’un verre. Aucun prérequis ; venez comme vous êtes.",
            [slot(third_thursday(months=0), "19:00", "21:00")],
            capacity=14,
            **ROUND_POINT,
            address="Place du Rond-Point",
            to_bring="Une tenue souple, une gourde. Nous prêtons les tapis.",
            leaflet="Trois respirations pour la journée",
            people=8,
            with_professional=True,
            roles=[
                RoleLine(ANIMATION, "Hélène Marais, psychologue", TRAINER),
                RoleLine(SPEAKER, "Une sophrologue"),
            ],
        ),
        DemoSession(
            activity,
            "Écrire pour déposer",
            "Quelques consignes simples, un carnet, du silence. On lit si l’on veut, on garde pour soi si "
            "l’on préfère.",
            [slot(third_thursday(months=1), "19:00", "21:00")],
            capacity=12,
            **ORMEAUX,
            people=14,
            first=8,
            with_professional=True,
            roles=[RoleLine(SPEAKER, "Une animatrice d’atelier d’écriture")],
        ),
        DemoSession(
            activity,
            "Dormir après une garde",
            "Pourquoi l’on ne s’endort pas, et ce qui aide vraiment. Apportez votre déjeuner, nous offrons "
            "le café.",
            [slot(third_thursday(months=2), "12:30", "14:00")],
            capacity=12,
            **ROUND_POINT,
            people=11,
            first=15,
            roles=[RoleLine(SPEAKER, "Un médecin du sommeil")],
        ),
        DemoSession(
            activity,
            "Chanter ensemble",
            "Pas besoin de savoir chanter. On respire, on pose la voix, on s’écoute, et l’on repart plus "
            "léger.",
            [slot(third_thursday(months=3), "19:00", "21:00")],
            capacity=16,
            **ORMEAUX,
            people=4,
            first=3,
            roles=[RoleLine(ANIMATION, "Hélène Marais, psychologue", TRAINER)],
        ),
    ]


def _welcomes() -> list[DemoSession]:
    activity = WELCOME
    yesterday = timezone.localdate() - timedelta(days=1)
    facilitator = [RoleLine(ANIMATION, "Hélène Marais, psychologue", TRAINER)]
    return [
        DemoSession(
            activity,
            OPENING,
            "La première de la saison : se présenter, se repérer, se donner un prochain rendez-vous.",
            [slot(weekday_after(days=-62, weekday=1), "19:00", "21:00")],
            capacity=12,
            **ROUND_POINT,
            people=10,
            first=9,
            roles=facilitator,
            settled=True,
        ),
        DemoSession(
            activity,
            "Premiers pas au Havre",
            "Un tour de table, un tour du territoire, et les numéros utiles.",
            [slot(weekday_after(days=-27, weekday=1), "19:00", "21:00")],
            capacity=12,
            **ROUND_POINT,
            people=7,
            first=20,
            with_professional=True,
            roles=facilitator,
            settled=True,
        ),
        DemoSession(
            activity,
            "Bienvenue à bord",
            "Rencontrer ses voisins de cabinet, comprendre qui fait quoi, repartir avec des numéros utiles.",
            [slot(yesterday, "19:00", "21:00")],
            capacity=14,
            **ROUND_POINT,
            people=9,
            first=5,
            with_professional=True,
            roles=facilitator,
        ),
        DemoSession(
            activity,
            "Le territoire en une soirée",
            "Filières, astreintes, visites : un jeu de piste sur carte, en petites équipes.",
            [slot(weekday_after(days=52, weekday=1), "19:00", "21:30")],
            capacity=30,
            **ROUND_POINT,
            people=6,
            first=17,
        ),
    ]


def _imhotep() -> list[DemoSession]:
    return [
        DemoSession(
            "veilleur-guetteur",
            "Repérer, aborder, donner des appuis",
            "Une soirée pour devenir veilleur-guetteur : des situations jouées, des repères clairs, un "
            "carnet d’adresses.",
            [slot(weekday_after(days=17, weekday=1), "20:00", "22:30")],
            capacity=30,
            place_name="Espace du Pôle régional des savoirs",
            city="Rouen",
            access="Métro, à cinq minutes à pied · accessible en fauteuil",
            people=12,
            first=2,
            roles=[RoleLine(ANIMATION, "Deux médecins du réseau IMHOTEP")],
        ),
        DemoSession(
            "veilleur-guetteur",
            "Repérer, aborder, donner des appuis (Dieppe)",
            "La même soirée, sur la côte.",
            [slot(weekday_after(days=24, weekday=2), "20:00", "22:30")],
            capacity=20,
            place_name="Salle de quartier",
            city="Dieppe",
            people=5,
            first=11,
            cancelled_because=(
                "La salle n’est plus disponible ce soir-là. Une nouvelle date suivra au printemps."
            ),
        ),
        DemoSession(
            "risques-professionnels",
            "Nos risques, nos parades",
            "Accidents d’exposition au sang, gestes répétés, incivilités, nuits : quatre ateliers "
            "tournants, des réponses pratiques.",
            [slot(weekday_after(days=38, weekday=1), "20:00", "22:00")],
            capacity=25,
            place_name="Centre de formation des soins",
            city="Évreux",
            department="27",
            people=7,
            first=14,
            roles=[
                RoleLine(SPEAKER, "Un médecin du travail"),
                RoleLine(MODERATOR, "Un médecin du réseau IMHOTEP"),
            ],
        ),
        _annual_day(),
    ]


def _annual_day() -> DemoSession:
    day = next_last_friday_of(10)
    return DemoSession(
        "journee-annuelle",
        "Une journée au grand air",
        "Programme en préparation : exposés courts le matin, ateliers et marche l’après-midi.",
        [slot(day, "09:30", "12:30", "Matin"), slot(day, "14:00", "17:00", "Après-midi")],
        capacity=80,
        place_name="Centre de congrès",
        city="Bagnoles de l’Orne",
        department="61",
        opens_in_days=60,
    )


def _mots() -> list[DemoSession]:
    mornings = fortnightly(days=33, weekday=FRIDAY, times=3)
    gone = fortnightly(days=-90, weekday=FRIDAY, times=3)
    return [
        DemoSession(
            "formation-leader",
            "Leader, promotion d’automne",
            "Trois vendredis matin, avec un travail sur votre projet entre les séances.",
            [
                slot(day, "09:00", "12:30", label)
                for day, label in zip(gone, ("Comprendre", "Agir", "Tenir"), strict=True)
            ],
            capacity=12,
            place_name="Maison des professions de santé",
            city="Caen",
            people=7,
            first=2,
            with_professional=True,
            settled=True,
            roles=[RoleLine(TRAINING, "Hélène Marais, psychologue", TRAINER)],
        ),
        DemoSession(
            "formation-leader",
            "Leader, promotion d’hiver",
            "Trois vendredis matin, avec un travail sur votre projet entre les séances. La présence aux "
            "trois est attendue.",
            [
                slot(day, "09:00", "12:30", label)
                for day, label in zip(mornings, ("Comprendre", "Agir", "Tenir"), strict=True)
            ],
            capacity=12,
            place_name="Maison des professions de santé",
            city="Caen",
            access="Bus 2, à deux pas de la gare · accessible en fauteuil",
            people=8,
            first=9,
            roles=[RoleLine(TRAINING, "Hélène Marais, psychologue", TRAINER)],
        ),
        DemoSession(
            "reperer-la-detresse",
            "Repérer la détresse d’un confrère",
            "En visioconférence. Le lien de connexion vous est envoyé après l’inscription.",
            [slot(weekday_after(days=10, weekday=0), "18:30", "20:30")],
            capacity=40,
            online_url="https://visio.example.org/reperer-la-detresse",
            people=15,
            roles=[RoleLine(TRAINING, "Deux formateurs de MOTS")],
        ),
    ]


def _caen() -> list[DemoSession]:
    friday = next_last_friday_of(4) - timedelta(weeks=1)  # never over the first of May
    saturday = friday + timedelta(days=1)
    return [
        DemoSession(
            "sante-experience",
            "Santé Experience, prochaine édition",
            "Deux jours, trois demi-journées, pour apprendre de l’expérience des patients et de celle des "
            "soignants. Les personnes qui interviennent déclarent leurs liens d’intérêt.",
            [
                slot(friday, "09:00", "12:30", "Vendredi matin"),
                slot(friday, "14:00", "17:30", "Vendredi après-midi"),
                slot(saturday, "09:00", "12:30", "Samedi matin"),
            ],
            capacity=150,
            place_name="Centre de congrès",
            city="Caen",
            people=20,
            first=6,
            to_bring="Votre déjeuner du vendredi est compris ; prévenez-nous d’un régime particulier.",
            roles=list(programme.PEOPLE),
            agenda=programme.agenda(friday, saturday),
        )
    ]
