"""Rules said in plain words: who is admitted, who comes next, why nobody was or is being promoted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from common.moments import NBSP, moment
from events.domain import admission, offers
from events.domain.waiting import eligible, is_members_first, waiting_position
from events.models import Registration, Session

State = Registration.State
FULL = "La session est complète."
APPROVAL = "La coordination valide chaque demande et répond par e-mail."


@dataclass(frozen=True)
class Rule:
    """A sentence that holds for ``dates``; of all that were asked about when there are none."""

    sentence: str
    dates: list[Session]


def rules_of_dates(
    sessions: Sequence[Session], say: Callable[[Session], Sequence[str]] | None = None
) -> list[Rule]:
    """What ``say`` says of each date (all its rules, if not told), each sentence once."""
    said = dict[str, list[Session]]()
    for session in sessions:
        for sentence in (say or rules_in_words)(session):
            said.setdefault(sentence, []).append(session)
    return [Rule(one, [] if len(dates) == len(sessions) else dates) for one, dates in said.items()]


def rules_in_words(session: Session) -> list[str]:
    """What anybody may read before they register."""
    said = [
        _professions(session),
        _members_first(session),
        APPROVAL if session.approval else "",
        _limit(admission.season_limit(session)),
        waiting_rule(session),
    ]
    return [sentence for sentence in said if sentence]


def waiting_rule(session: Session) -> str:
    """What becomes of a seat that is given back."""
    if not session.waiting_list:
        return "Il n’y a pas de liste d’attente."
    if offers.promotion_ends(session) <= timezone.now() < session.starts_at:
        return _stopped(session)
    until = _until(session)
    if session.promotion == Session.Promotion.OFFER:
        return (
            f"Une place libérée est proposée à la première personne de la liste d’attente{until}. "
            f"Elle a {session.offer_hours}{NBSP}h pour répondre, comptées de 8{NBSP}h à 20{NBSP}h, "
            "hors dimanches et jours fériés."
        )
    return f"Une place libérée va à la première personne de la liste d’attente, prévenue par e-mail{until}."


def said_waiting(session: Session, *, why: str) -> str:
    """To somebody who has just joined the list; ``why`` they wait although seats are free."""
    if not why:
        return waiting_rule(session)
    return f"{why} Ensuite, s’il reste des places, elles vont à la liste d’attente, dans l’ordre d’arrivée."


def why(session: Session) -> str:
    """One sentence: why nobody was or is being promoted; empty when nobody waits."""
    if not session.waiting:
        return ""
    if session.status != Session.Status.PUBLISHED:
        return f"La session n’est pas ouverte{NBSP}: personne n’est promu."
    if session.starts_at <= timezone.now():
        return f"La session a commencé{NBSP}: plus personne n’est promu automatiquement."
    if offers.promotion_ends(session) <= timezone.now():
        return _stopped(session)
    if session.seats_taken >= session.seats:
        return f"{FULL} {_offered(session) or _next(session)}"
    if is_members_first(session) and not eligible(session).exists():
        return admission.non_members_from(session)
    return f"Une place est libre{NBSP}: elle est attribuée dans la minute."


def why_waiting(registration: Registration) -> str:
    """Why this person has no confirmed place, for the desk and for themselves; empty when they have one.

    A ``position`` annotated by ``with_position`` spares a query.
    """
    session = registration.session
    if registration.state == State.PENDING:
        return "La coordination doit encore valider cette demande."
    if registration.state == State.OFFERED and registration.offered_until:
        return f"Une place est proposée jusqu’au {moment(registration.offered_until)}."
    if registration.state != State.WAITLISTED:
        return ""
    if session.starts_at <= timezone.now() or offers.promotion_ends(session) <= timezone.now():
        return why(session)
    if is_members_first(session) and not registration.is_member:
        return admission.non_members_from(session)
    position = getattr(registration, "position", None) or waiting_position(registration)
    if session.seats_taken < session.seats:
        return f"Une place est libre{NBSP}: elle est attribuée dans la minute."
    if position == 1:
        return f"{FULL} {_offered(session) or _next(session)}"
    ahead = position - 1
    return f"{FULL} {ahead}{NBSP}personne{'s attendent' if ahead > 1 else ' attend'} avant."


def _professions(session: Session) -> str:
    names = admission.professions_in_words(session)
    return f"Session réservée à ces professions{NBSP}: {names}." if names else ""


def _members_first(session: Session) -> str:
    if not is_members_first(session) or session.members_first_until is None:
        return ""
    after = (
        f"Les autres personnes entrent sur la liste d’attente{NBSP}: à cette date, les places qui restent "
        "leur reviennent, dans l’ordre d’arrivée."
        if session.waiting_list
        else "Les inscriptions des autres personnes commencent ensuite."
    )
    until = moment(session.members_first_until)
    return f"Jusqu’au {until}, les places vont aux adhérent·es. {after}"


def _limit(limit: int | None) -> str:
    if limit is None:
        return ""
    sessions = f"{limit}{NBSP}session{'s' if limit > 1 else ''}"
    return f"Au plus {sessions} de ce dispositif par personne et par saison, de septembre à août."


def _until(session: Session) -> str:
    hours = session.promotion_cutoff_hours
    return f", jusqu’à {_before(hours)} avant le début" if hours else ""


def _stopped(session: Session) -> str:
    return (
        f"À moins de {_before(session.promotion_cutoff_hours)} du début, une place libérée ne va plus "
        f"d’elle-même à la liste d’attente{NBSP}: la coordination choisit."
    )


def _before(hours: int) -> str:
    """« 12 heures », « 10 jours »: nobody counts in 240 hours."""
    days, rest = divmod(hours, 24)
    if days > 1 and not rest:
        return f"{days}{NBSP}jours"
    return f"{hours}{NBSP}heure{'s' if hours > 1 else ''}"


def _offered(session: Session) -> str:
    """The first answer that is awaited, if a seat is offered to somebody.

    A ``first_answer`` set on the session spares a query.
    """
    if session.promotion != Session.Promotion.OFFER:
        return ""
    if hasattr(session, "first_answer"):
        until = session.first_answer
    else:
        offered = session.registrations.filter(state=State.OFFERED, offered_until__isnull=False)
        until = offered.order_by("offered_until").values_list("offered_until", flat=True).first()
    return f"Une place est proposée à une autre personne jusqu’au {moment(until)}." if until else ""


def _next(session: Session) -> str:
    if session.promotion == Session.Promotion.OFFER:
        return "Dès qu’une place se libère, elle est proposée à la première personne de la liste."
    return "Dès qu’une place se libère, elle va à la première personne de la liste."
