"""What the demo's coordinator finds on the desk: rules, questions, offers, requests, alerts, a programme."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from events.domain import outbox
from events.domain.copying import Copy, copy_season, next_season
from events.domain.programmes import save_programme
from events.domain.questions import save_question_set
from events.domain.registration import register, withdraw
from events.domain.sessions import SlotTimes, save_session
from events.models import Message, Programme, Question, QuestionSet, Registration, Session
from members.models import Organisation, User
from pages.demo import people
from pages.demo.calendar import slot, weekday_after
from pages.demo.loading import activity, administrator, demo_key, hold
from pages.demo.sessions import ORMEAUX, ROUND_POINT

ORGANISATION, ACTIVITY = "cpts-grand-havre", "accueil-nouveaux-soignants"
PROGRAMME, QUESTIONS = "Accueillir et prendre soin", "Journée entière"
EXCHANGE, WALK, WHOLE_DAY = "Échanges entre pairs", "Marcher ensemble", "Une journée à la mer"
BREATHING = "Souffler ensemble"
LUNCH, PAST_WALK, COPIED = "Déjeuner d’installation", "Marche d’automne", "Le territoire en une soirée"


def load_desk() -> int:
    """Each part whole or not at all; returns how many were missing."""
    parts: tuple[Callable[[Organisation, User], bool], ...] = (
        _programme,
        _questions,
        _whole_day,
        _exchange,
        _walk,
        _lunch,
        _breathing,
        _past_walk,
        _copy,
        _failed_message,
    )
    organisation, admin = Organisation.objects.get(slug=ORGANISATION), administrator()
    created = 0
    for part in parts:
        with transaction.atomic():
            created += part(organisation, admin)
    return created


def _programme(organisation: Organisation, by: User) -> bool:
    if Programme.objects.filter(organisation=organisation).exists():
        return False
    programme = Programme(organisation=organisation, name=PROGRAMME)
    gathered = [activity(ACTIVITY), activity("cafe-des-soignants")]
    save_programme(programme=programme, activities=gathered, seen=None, by=by)
    return True


def _questions(organisation: Organisation, by: User) -> bool:
    if QuestionSet.objects.filter(organisation=organisation).exists():
        return False
    made = QuestionSet(organisation=organisation, name=QUESTIONS)
    asked: tuple[dict[str, Any], ...] = (
        {"kind": "choice", "label": "Déjeunez-vous avec nous ?", "options": "Oui\nNon", "required": True},
        {
            "kind": "multiple",
            "label": "Votre repas",
            "options": "Sans viande\nSans gluten\nSans lactose",
            "is_need": True,
            "shown_if_number": 1,
            "shown_if_answer": "Oui",
        },
        {"kind": "text", "label": "De quoi avez-vous besoin pour accéder à la salle ?", "is_need": True},
    )
    for order, fields in enumerate(asked):
        made.questions.add(Question(sort_order=order, **fields))
    save_question_set(question_set=made, seen=None, by=by)
    return True


def _whole_day(organisation: Organisation, by: User) -> bool:
    """Two half-days, questions, and people who answered them."""
    day = weekday_after(days=45, weekday=5)
    slots = [slot(day, "09:30", "12:30", "Matin"), slot(day, "14:00", "16:30", "Après-midi")]
    questions = QuestionSet.objects.filter(organisation=organisation).order_by("pk").first()
    session = _session(WHOLE_DAY, slots, by, capacity=20, question_set=questions, **ORMEAUX)
    if session is None:
        return False
    asked = list(questions.questions.order_by("sort_order")) if questions else []
    for number in range(5):
        meal = ["Sans viande"] if number == 1 else []
        values = ("Non" if number == 4 else "Oui", meal, "Une place de parking proche" if number == 2 else "")
        answers = {question.pk: value for question, value in zip(asked, values, strict=False)}
        register(session=session, person=people.person(number), answers=answers)
    return True


def _exchange(organisation: Organisation, by: User) -> bool:
    """On approval, for some professions: requests to answer, one of them for three days."""
    when = [slot(weekday_after(days=19, weekday=2), "12:30", "14:00")]
    rules = {"approval": True, "professions": ["60", "10", "70"]}
    session = _session(EXCHANGE, when, by, capacity=8, **rules, **ROUND_POINT)
    if session is None:
        return False
    for number in (0, 1, 2):
        register(session=session, person=people.person(number))
    first = session.registrations.order_by("pk")[:1]
    since = timezone.now() - timedelta(days=3)
    Registration.objects.filter(pk__in=first.values("pk")).update(registered_at=since, state_changed_at=since)
    return True


def _walk(organisation: Organisation, by: User) -> bool:
    """Freed seats are offered: somebody withdrew, the next one has not answered yet."""
    day = weekday_after(days=26, weekday=5)
    when = [slot(day, "10:00", "12:00")]
    rules = {
        "promotion": Session.Promotion.OFFER,
        "offer_hours": 24,
        "promotion_cutoff_hours": 12,
        "members_first_until": timezone.now() - timedelta(days=1),
    }
    session = _session(WALK, when, by, capacity=4, **rules, **ORMEAUX)
    if session is None:
        return False
    for number in range(20, 27):
        register(session=session, person=people.person(number))
    confirmed = session.registrations.filter(state=Registration.State.CONFIRMED).order_by("pk")
    withdraw(registration=confirmed[0])
    return True


def _lunch(organisation: Organisation, by: User) -> bool:
    """In a few days, with hardly anybody."""
    when = [slot(timezone.localdate() + timedelta(days=4), "12:30", "14:00")]
    session = _session(LUNCH, when, by, capacity=10, **ROUND_POINT)
    if session is None:
        return False
    for number in (12, 13):
        register(session=session, person=people.person(number))
    return True


def _breathing(organisation: Organisation, by: User) -> bool:
    """A seat freed after the last promotion: the coordination chooses who has it."""
    when = [slot(timezone.localdate() + timedelta(days=5), "19:00", "20:30")]
    session = _session(BREATHING, when, by, capacity=5, promotion_cutoff_hours=240, **ROUND_POINT)
    if session is None:
        return False
    for number in range(14, 21):
        register(session=session, person=people.person(number))
    withdraw(registration=session.registrations.order_by("pk")[0])
    return True


def _past_walk(organisation: Organisation, by: User) -> bool:
    """Held last week; its sheet is still open."""
    when = [slot(timezone.localdate() - timedelta(days=6), "18:00", "20:00")]
    session = _session(PAST_WALK, when, by, capacity=10, **ORMEAUX)
    if session is not None:
        hold(session, [people.person(number) for number in range(6, 13)])
    return session is not None


def _copy(organisation: Organisation, by: User) -> bool:
    """Published again half a year later; its programmed messages wait for a word."""
    coming = Session.objects.filter(activity=activity(ACTIVITY))
    original = coming.filter(uid=demo_key("session", ACTIVITY, COPIED)).first()
    if original is None or coming.filter(messages_paused=True).exists():
        return False
    day = next_season(original, weeks=26)
    if coming.filter(starts_at__date=day).exists():  # resumed since
        return False
    return bool(copy_season(copies=[Copy(original, day)], publish=True, by=by).created)


def _failed_message(organisation: Organisation, by: User) -> bool:
    """The last thing written to somebody, which their mail server refused."""
    session = Session.objects.filter(uid=demo_key("session", ACTIVITY, LUNCH)).first()
    registration = session.registrations.order_by("-pk").first() if session else None
    if registration is None or Message.objects.filter(key="demo:failed").exists():
        return False
    outbox.queue(
        key="demo:failed",
        kind="mailing",
        organisation=organisation,
        registration=registration,
        recipient=registration.email,
        subject="Où se garer",
        body="Le parking de la maison de santé est ouvert dès midi.",
    )
    Message.objects.filter(key="demo:failed").update(
        state=Message.State.FAILED, attempts=1, last_error="SMTPRecipientsRefused 550"
    )
    return True


def _session(title: str, slots: list[SlotTimes], by: User, **fields: Any) -> Session | None:
    """Published; None when it exists."""
    uid = demo_key("session", ACTIVITY, title)
    if Session.objects.filter(uid=uid).exists():
        return None
    session = Session(
        uid=uid,
        activity=activity(ACTIVITY),
        title=title,
        status=Session.Status.PUBLISHED,
        **fields,
    )
    return save_session(session=session, slots=slots, by=by)
