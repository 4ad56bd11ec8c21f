"""Whom a session admits: reserved professions, members first, so many sessions a season."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from common.errors import DomainError
from common.moments import moment
from events.domain import seasons
from events.domain.waiting import is_members_first
from events.models import ACTIVE_STATES, ActivitySettings, Registration, Session
from members.models import User
from members.professions import Profession

FULL = "Cette session est complète, sans liste d’attente."
NBSP = "\N{NO-BREAK SPACE}"


def admits_profession(session: Session, profession: str) -> bool:
    return not session.professions or profession in session.professions


def check_profession(session: Session, profession: str) -> None:
    """Judged on what is stated, so that the refusal says nothing of the owner of an address."""
    if not admits_profession(session, profession):
        raise DomainError(
            f"Cette session est réservée à ces professions{NBSP}: {professions_in_words(session)}.",
            field="profession",
        )


def professions_in_words(session: Session) -> str:
    """« infirmier·ère, sage-femme / maïeuticien »."""
    labels = [Profession(code).label for code in session.professions if code in Profession.values]
    return ", ".join(label[0].lower() + label[1:] for label in labels)


def season_limit(session: Session) -> int | None:
    """How many sessions of the activity one person may come to in a season; None without limit.

    ``select_related("activity__settings")`` spares a query.
    """
    settings: ActivitySettings | None = getattr(session.activity, "settings", None)
    return settings.season_limit if settings else None


def limit_reached(*, session: Session, user: User) -> int | None:
    """The season's limit if ``user`` has reached it, counted while their row is held.

    Two registrations of one person at the same instant follow each other; without limit nothing is held.
    """
    return limit_passed(sessions=[session], user=user)


def limit_passed(*, sessions: Sequence[Session], user: User) -> int | None:
    """The season's limit if ``user`` would pass it with all of ``sessions``, which are of one activity."""
    limit = season_limit(sessions[0])
    if limit is None:
        return None
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    for season, wanted in by_season(sessions).items():
        if _held(season, sessions, user) + len(wanted) > limit:
            return limit
    return None


def by_season(sessions: Sequence[Session]) -> dict[tuple[date, date], list[Session]]:
    """The sessions of each season, by its first and last day."""
    found: dict[tuple[date, date], list[Session]] = {}
    for session in sessions:
        found.setdefault(seasons.season_of(timezone.localdate(session.starts_at)), []).append(session)
    return found


def _held(season: tuple[date, date], sessions: Sequence[Session], user: User) -> int:
    """How many other sessions of the activity the person holds in the season."""
    first, last = season
    held = Registration.objects.filter(
        user=user,
        session__activity=sessions[0].activity_id,
        session__starts_at__gte=_midnight(first),
        session__starts_at__lt=_midnight(last + timedelta(days=1)),
    ).exclude(session__in=[each.pk for each in sessions])
    to_come = held.filter(state__in=ACTIVE_STATES, session__ends_at__gt=timezone.now())
    came = held.filter(state=Registration.State.CONFIRMED, session__ends_at__lte=timezone.now())
    return (to_come | came).count()


def limit_in_words(limit: int) -> str:
    return (
        f"Vous avez déjà {limit}{NBSP}inscription{'s' if limit > 1 else ''} à ce dispositif cette saison, "
        "le nombre prévu pour chaque personne, de septembre à août."
    )


def no_seat(session: Session, *, is_member: bool) -> DomainError:
    """Why the session without waiting list does not take this person, or not yet."""
    if is_members_first(session) and not is_member and session.seats_taken < session.seats:
        return DomainError(f"{non_members_from(session)} Revenez à ce moment-là.", field="is_member")
    return DomainError(FULL)


def non_members_from(session: Session) -> str:
    if session.members_first_until is None:
        return ""
    return f"Les inscriptions des non-adhérent·es commencent le {moment(session.members_first_until)}."


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
