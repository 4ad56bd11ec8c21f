"""What a session and its rules may say, before anything is locked or written."""

from datetime import datetime

from common.errors import DomainError
from events.models import ActivityPage, QuestionSet, Session
from events.models.rules import AccessRules
from members.professions import Profession

MAX_SEATS = 10_000
SEATS = "Le nombre de places va de 1 à 10 000."
EXTRA_SEATS = "La surréservation va de 0 à 100 pour cent."
CUTOFF = "La dernière promotion se place de 0 à 720 heures avant le début."
OFFER = "Le délai de réponse va de 1 à 240 heures."
FIRST = "Les adhérents passent d’abord jusqu’à une date qui précède le début de la session."


def check_session(session: Session, starts_at: datetime) -> None:
    """``starts_at`` is the start of its first slot. Raises ``DomainError`` naming the field."""
    if not 1 <= session.capacity <= MAX_SEATS:
        raise DomainError(SEATS, field="capacity")
    if session.opens_at and session.closes_at and session.closes_at <= session.opens_at:
        raise DomainError("Les inscriptions ferment avant d’ouvrir.", field="closes_at")
    if session.members_first_until and session.members_first_until > starts_at:
        raise DomainError(FIRST, field="members_first_until")
    check_rules(session)
    check_question_set(session.question_set, session.activity)


def check_rules(rules: AccessRules) -> None:
    if not 0 <= rules.overbooking_percent <= 100:
        raise DomainError(EXTRA_SEATS, field="overbooking_percent")
    if not 0 <= rules.promotion_cutoff_hours <= 720:
        raise DomainError(CUTOFF, field="promotion_cutoff_hours")
    if not 1 <= rules.offer_hours <= 240:
        raise DomainError(OFFER, field="offer_hours")
    if rules.promotion not in AccessRules.Promotion.values:
        raise DomainError("Choisissez comment une place libérée est attribuée.", field="promotion")
    if not set(rules.professions) <= set(Profession.values):
        raise DomainError("Choisissez des professions de la liste.", field="professions")


def check_question_set(question_set: QuestionSet | None, activity: ActivityPage) -> None:
    """Another organisation's questions are not asked here."""
    if question_set is not None and question_set.organisation_id != activity.organisation_id:
        raise DomainError("Choisissez un jeu de questions de votre structure.", field="question_set")


def check_activity(before: ActivityPage, session: Session) -> None:
    """People registered with one organisation must never slide to another."""
    if before.organisation_id != session.activity.organisation_id:
        raise DomainError("Une session ne change pas de structure.", field="activity")
    # Nor may answers be isolated by taking their session out of a mean.
    if before != session.activity and (
        session.slots.filter(sheets__isnull=False).exists() or session.surveys.exists()
    ):
        raise DomainError(
            "Une session dont l’émargement a commencé à être clos ne change plus de dispositif.",
            field="activity",
        )
