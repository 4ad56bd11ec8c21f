"""A « Leader » training whose coordination chooses among applications: its questions, and two applicants."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from certificates.domain.assessing import assess
from events.domain.attendance import attended
from events.domain.questions import save_question_set
from events.domain.registration import register
from events.domain.roles import RoleLine, set_roles
from events.domain.sessions import save_session
from events.models import Question, QuestionSet, Session, SessionRole
from members.models import User
from pages.demo import people
from pages.demo.calendar import FRIDAY, fortnightly, slot
from pages.demo.loading import activity, administrator, demo_key
from trainings.domain.assessing import objectives_of
from trainings.domain.training_settings import save_training_settings
from trainings.models import Assessment, TrainingPage, TrainingSettings

ACTIVITY, TITLE, QUESTIONS = "formation-leader", "Leader, promotion de printemps", "Candidature Leader"
PAST = "Leader, promotion d’automne"
DONE, SOON = Assessment.Level.ACQUIRED, Assessment.Level.PARTLY
# Of those who came to the past promotion, in order; nobody has assessed the one in the middle yet.
ACQUIRED: tuple[tuple[str, ...], ...] = (
    (DONE, DONE, SOON, DONE),
    (DONE, SOON, SOON, DONE),
    (DONE,) * 4,
    (),
    (SOON,) * 4,
    (DONE, DONE, DONE, SOON),
    (DONE, SOON, DONE, DONE),
)
ASKED = (
    {
        "label": "Qu’aimeriez-vous mettre en place sur votre territoire ?",
        "help_text": "Quelques lignes suffisent. Pas d’information de santé.",
        "required": True,
    },
    {
        "kind": Question.Kind.CHOICE,
        "label": "Votre CPTS vous a-t-elle confié ce rôle ?",
        "options": "Oui\nPas encore, c’est en discussion\nNon, je viens à titre personnel",
        "required": True,
    },
    {
        "kind": Question.Kind.CHECKBOX,
        "label": "Je peux être présent·e aux trois vendredis matin",
        "required": True,
    },
)
APPLICANTS = (
    (3, ("Un Café mensuel, et un relais entre cabinets pour les remplacements.", "Oui", True)),
    (
        14,
        ("Repérer plus tôt les collègues qui s’isolent.", "Pas encore, c’est en discussion", True),
    ),
)


def load_leader() -> int:
    """Whole or not at all; returns whether it was missing."""
    uid = demo_key("session", ACTIVITY, TITLE)
    if Session.objects.filter(uid=uid).exists():
        return 0
    by = administrator()
    with transaction.atomic():
        questions = _questions(by)
        mornings = fortnightly(days=89, weekday=FRIDAY, times=3)
        session = save_session(
            session=Session(
                uid=uid,
                activity=activity(ACTIVITY),
                title=TITLE,
                description=(
                    "Trois vendredis matin, en petit groupe, avec un travail sur votre projet entre les "
                    "séances. Les places sont peu nombreuses : dites-nous ce que vous aimeriez faire."
                ),
                status=Session.Status.PUBLISHED,
                capacity=12,
                approval=True,
                question_set=questions,
                closes_at=timezone.now() + timedelta(days=60),
                place_name="Maison des professions de santé",
                city="Caen",
                access="Bus 2, à deux pas de la gare · accessible en fauteuil",
            ),
            slots=[
                slot(day, "09:00", "12:30", label)
                for day, label in zip(mornings, ("Comprendre", "Agir", "Tenir"), strict=True)
            ],
            by=by,
        )
        trainer = RoleLine(SessionRole.Role.TRAINER, "Hélène Marais, psychologue", people.TRAINER)
        set_roles(session=session, roles=[trainer], by=by)
        asked = list(questions.questions.order_by("sort_order"))
        for number, values in APPLICANTS:
            answers = {question.pk: value for question, value in zip(asked, values, strict=True)}
            register(session=session, person=people.person(number), answers=answers)
    return 1


def load_rule() -> int:
    """What completes the training, before its past promotion is closed; once."""
    page = TrainingPage.objects.get(pk=activity(ACTIVITY).pk)
    if TrainingSettings.objects.filter(activity=page).exists():
        return 0
    rule = TrainingSettings(activity=page, required=2, evaluation_required=True, names_referent=True)
    save_training_settings(settings=rule, seen=0, by=administrator())
    return 1


def load_completion() -> int:
    """What the people of the last promotion have acquired, which gives them its documents; once."""
    session = Session.objects.get(uid=demo_key("session", ACTIVITY, PAST))
    if Assessment.objects.filter(registration__session=session).exists():
        return 0
    came = session.registrations.filter(pk__in=attended(session=session))
    people_of = came.order_by("registered_at", "pk")[: len(ACQUIRED)]
    objectives = objectives_of(session)
    levels = {
        person.pk: dict(zip(objectives, known, strict=True))
        for person, known in zip(people_of, ACQUIRED, strict=True)
        if known
    }
    assess(session=session, levels=levels, by=administrator())
    return 1


def _questions(by: User) -> QuestionSet:
    made = QuestionSet(organisation=activity(ACTIVITY).organisation, name=QUESTIONS)
    for order, fields in enumerate(ASKED):
        made.questions.add(Question(sort_order=order, **fields))
    return save_question_set(question_set=made, seen=None, by=by)
