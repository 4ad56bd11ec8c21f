"""The key figures in words: value, denominator, comparison. Screen, PDF and workbook say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from common.moments import NBSP, duration, number
from events.domain.report.comparing import Bilan
from events.domain.report.figures import Report
from events.domain.report.shares import percent

NONE = "—"
MINUTES_TOLD = 100 * 60
Value = int | Decimal | None


@dataclass(frozen=True)
class Figure:
    """``unit`` is "", "%", "/10" or "min"; ``part`` and ``whole`` are set for a share.

    ``change`` is « +12 », « −3 points » or « stable »; nothing when there is nothing to compare with.
    """

    key: str
    label: str
    value: Value
    unit: str
    detail: str
    method: str
    part: int | None = None
    whole: int | None = None
    previous: Value = None
    change: str = ""

    @property
    def text(self) -> str:
        return written(self.value, self.unit)

    @property
    def previous_text(self) -> str:
        return written(self.previous, self.unit)


def key_figures(bilan: Bilan) -> list[Figure]:
    """In the order of the page; each with that of the period before when there is one."""
    current = _figures(bilan.current)
    before = _figures(bilan.previous) if bilan.previous else None
    found = []
    for figure in current:
        previous = next(before).value if before else None
        change = _change(figure.value, previous, figure.unit)
        found.append(Figure(**{**vars(figure), "previous": previous, "change": change}))
    return found


def written(value: Value, unit: str) -> str:
    if value is None:
        return NONE
    if unit == "min":
        return _hours(int(value))
    if isinstance(value, Decimal):
        return f"{_decimal(value)}{NBSP}/{NBSP}10"
    return f"{number(value)}{NBSP}%" if unit == "%" else number(value)


def provisional(bilan: Bilan) -> str:
    """Which figures may still change, and why; empty when every sheet of what is over is closed."""
    said = []
    if late := len(bilan.current.to_close):
        said.append(f"L’émargement {_of_sessions(late)} n’est pas clos : ces chiffres sont provisoires.")
    if before := len(bilan.previous.to_close) if bilan.previous else 0:
        which = f"{_of_sessions(before)} de la période comparée"
        said.append(f"L’émargement {which} n’est pas clos : la comparaison est provisoire.")
    return " ".join(said)


def _of_sessions(count: int) -> str:
    return "d’une session passée" if count == 1 else f"de {number(count)}{NBSP}sessions passées"


def plural(count: int, one: str, many: str = "") -> str:
    """« 1 session », « 12 sessions »."""
    return f"{number(count)}{NBSP}{one if count < 2 else many or f'{one}s'}"


def _figures(found: Report) -> Iterator[Figure]:
    yield from _activity(found)
    yield from _seats(found)
    yield from _people(found)
    yield _satisfaction(found)
    yield _share(
        "response_rate", "Taux de réponse", found.answers, found.asked,
        f"{plural(found.answers, 'réponse')} pour {plural(found.asked, 'participation')}"
        if found.asked > 1 else plural(found.answers, "réponse"),
        "Réponses sur invitations à répondre ; pour une session importée, sur les personnes présentes.",
    )  # fmt: skip


def _activity(found: Report) -> Iterator[Figure]:
    yield Figure(
        "sessions", "Sessions tenues", found.sessions, "",
        f"{plural(found.cancelled, 'annulée')} en plus" if found.cancelled else "aucune annulée",
        "Sessions publiées, commencées pendant la période. Une session annulée n’y est pas.",
    )  # fmt: skip
    yield Figure(
        "cancelled", "Sessions annulées", found.cancelled, "",
        f"sur {plural(found.sessions + found.cancelled, 'session')} prévues"
        if found.sessions + found.cancelled > 1 else "",
        "Sessions annulées qui devaient commencer pendant la période.",
    )  # fmt: skip
    yield Figure(
        "participations", "Participations", found.participations, "",
        "une par personne et par session",
        "Inscriptions confirmées avec au moins une présence, comptées une fois par session.",
    )  # fmt: skip
    yield Figure(
        "participants", "Participants", found.participants, "",
        "personnes différentes",
        "Personnes différentes qui ont au moins une participation.",
    )  # fmt: skip
    yield _share(
        "returning", "Revenus au moins une fois", found.returning, found.participants,
        f"{number(found.returning)} participants sur {number(found.participants)}, venus plusieurs fois",
        "Personnes venues à plus d’une session pendant la période, sur les participants.",
    )  # fmt: skip
    yield Figure(
        "minutes_offered", "Heures proposées", found.minutes_offered, "min",
        "durée des sessions tenues",
        "Durée de tous les créneaux des sessions tenues.",
    )  # fmt: skip
    yield Figure(
        "minutes_attended", "Heures de présence", found.minutes_attended, "min",
        "durées suivies par chaque personne",
        "Somme des durées suivies par chaque personne, d’après les feuilles d’émargement closes.",
    )  # fmt: skip


def _seats(found: Report) -> Iterator[Figure]:
    yield Figure(
        "places", "Places proposées", found.places, "",
        f"pour {plural(found.sessions, 'session')}",
        "Places prévues des sessions tenues, sans la surréservation.",
    )  # fmt: skip
    yield Figure(
        "registrations", "Inscriptions", found.registrations, "",
        "reçues, quelle que soit leur suite",
        "Toutes les inscriptions aux sessions tenues : venues, absentes, désistées ou restées en attente.",
    )  # fmt: skip
    yield _share(
        "fill", "Remplissage", found.participations, found.places,
        f"{plural(found.participations, 'participation')} pour {plural(found.places, 'place')}",
        "Participations sur places proposées. Il dépasse 100 % quand on a accueilli au-delà de la jauge.",
    )  # fmt: skip
    yield _share(
        "no_show", "Absences", found.absent, found.expected,
        f"{plural(found.absent, 'absence')} sur {plural(found.expected, 'confirmée')}",
        "Inscriptions confirmées sans présence, sur les confirmées, aux sessions dont l’émargement est clos.",
    )  # fmt: skip
    yield _share(
        "withdrawn", "Désistements", found.withdrawn, found.registrations,
        f"{plural(found.withdrawn, 'désistement')} sur {plural(found.registrations, 'inscription')}",
        "Inscriptions désistées sur inscriptions reçues.",
    )  # fmt: skip
    yield _share(
        "waited", "Passées par la liste d’attente", found.waited, found.registrations,
        f"{number(found.waited)} sur {plural(found.registrations, 'inscription')}",
        "Inscriptions qui ont attendu une place, sur inscriptions reçues.",
    )  # fmt: skip
    yield _share(
        "unseated", "Restées sans place", found.unseated, found.waited,
        f"{number(found.unseated)} sur {number(found.waited)} qui ont attendu",
        "Inscriptions encore en attente quand la session a commencé, ou dont la proposition est restée "
        "sans réponse, sur celles qui ont attendu.",
    )  # fmt: skip


def _people(found: Report) -> Iterator[Figure]:
    yield _share(
        "women", "Femmes", found.women, found.with_civility,
        f"{number(found.women)} participations sur {number(found.with_civility)} à la civilité connue",
        "Participations de femmes sur les participations dont la civilité a été donnée.",
    )  # fmt: skip
    yield _share(
        "members", "Adhérents", found.member_participations, found.participations,
        f"{plural(found.member_participations, 'participation')} sur {number(found.participations)}",
        "Participations de personnes adhérentes au moment de leur inscription, sur les participations.",
    )  # fmt: skip
    yield _share(
        "non_members", "Non-adhérents", found.non_member_participations, found.participations,
        f"{plural(found.non_member_participations, 'participation')} sur {number(found.participations)}",
        "Les autres participations, sur les participations.",
    )  # fmt: skip


def _satisfaction(found: Report) -> Figure:
    if found.satisfaction is None:
        detail = "aucune moyenne en dessous de cinq réponses closes"
    else:
        detail = f"moyenne de {plural(found.ratings, 'réponse anonyme', 'réponses anonymes')}"
    return Figure(
        "satisfaction", "Satisfaction", found.satisfaction, "/10", detail,
        "Moyenne des notes anonymes sur 10. Les notes d’une session comptent quand son questionnaire est "
        "clos, par paquets d’au moins cinq, pour que nul écart entre deux bilans ne désigne une personne.",
    )  # fmt: skip


def _share(key: str, label: str, part: int, whole: int, detail: str, method: str) -> Figure:
    return Figure(key, label, percent(part, whole), "%", detail, method, part, whole)


def _change(value: Value, previous: Value, unit: str) -> str:
    if value is None or previous is None:
        return ""
    gap = Decimal(value) - Decimal(previous)
    if not gap:
        return "stable"
    size = abs(gap)
    if unit == "min":
        amount = _hours(int(size))
    elif isinstance(value, Decimal):
        amount = f"{_decimal(size)}{NBSP}point{'s' if size >= 2 else ''}"
    elif unit == "%":
        amount = plural(int(size), "point")
    else:
        amount = number(int(size))
    return f"{'+' if gap > 0 else '−'}{amount}"


def _hours(minutes: int) -> str:
    """To the minute as long as it reads well: « 2 h 30 », « 174 h »."""
    return duration(minutes if minutes < MINUTES_TOLD else round(minutes / 60) * 60)


def _decimal(value: Decimal) -> str:
    return f"{value:.1f}".replace(".", ",")
