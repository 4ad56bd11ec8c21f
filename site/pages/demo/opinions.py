"""What people thought of two sessions that are over: enough answers, closed, so that results are shown."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from django.db import transaction

from certificates.domain.closing import correct_sheet
from certificates.domain.issuing import revoke
from certificates.models import Certificate
from events.domain.activity_settings import save_settings
from events.domain.questionnaire_editing import save_questionnaire
from events.domain.survey import OPEN_FOR, answer, unseal_due
from events.models import ActivitySettings, Attendance, Questionnaire, Session, Survey, SurveyQuestion
from members.models import User
from pages.demo.leader import ACTIVITY as LEADER
from pages.demo.leader import PAST
from pages.demo.loading import activity, administrator, demo_key
from pages.demo.sessions import OPENING, WELCOME

Kind = SurveyQuestion.Kind
NAME = "Après une rencontre"
ASKED: tuple[dict[str, Any], ...] = (
    {"kind": Kind.SCORE, "label": "Quelle note donnez-vous à cette rencontre ?", "required": True},
    {"kind": Kind.MATRIX, "label": "Qu’en dites-vous ?", "rows": "L’accueil\nLe contenu\nLes échanges"},
    {"kind": Kind.YES_NO, "label": "Reviendriez-vous ?"},
    {
        "kind": Kind.CHOICE,
        "label": "Quel horaire vous va le mieux ?",
        "options": "Le midi\nLe soir\nLe samedi matin",
    },
    {
        "kind": Kind.MULTIPLE,
        "label": "Comment l’avez-vous su ?",
        "options": "Par un courriel\nPar un·e collègue\nPar une affiche",
    },
    {
        "kind": Kind.TEXT,
        "label": "Qu’est-ce qui vous a manqué ?",
        "help_text": "Ne nommez personne ; pas d’information de santé.",
    },
)
# By the place of the question; each person takes the next value, None is left empty.
WELCOME_VALUES: tuple[tuple[Any, ...], ...] = (
    (9, 8, 10, 7, 9, 8, 9, 6),
    ((5, 4, 5), (5, 5, 4), (4, 4, 5), (5, 3, 4), (5, 4, 4), (4, 5, 5), (5, 4, 5), (3, 3, 4)),
    (True, True, True, True, True, True, True, False),
    ("Le soir", "Le soir", "Le midi", "Le soir", "Le midi", "Le soir", "Le samedi matin", None),
    (["Par un courriel"], ["Par un courriel", "Par un·e collègue"], ["Par un·e collègue"], []),
    (
        "Un plan du quartier, avec les cabinets et la maison de garde.",
        None,
        "Une deuxième soirée, pour finir les présentations !",
        None,
        "Rien : on repart avec des visages et des numéros.",
        None,
        "Commencer à 19 h 30, le temps de fermer le cabinet.",
        None,
    ),
)
LEADER_VALUES: tuple[tuple[Any, ...], ...] = (
    (9, 10, 8, 9, 9, 10),
    (5, 5, 4, 5, 4, 5),
    (5, 4, 5, 5, 4, 5),
    (
        "Les mises en situation : j’ai osé dès la semaine suivante.",
        "Une journée de retour dans six mois nous aiderait.",
        None,
        "Le travail entre les séances fait toute la différence.",
        None,
        None,
    ),
)


def load_questionnaire() -> int:
    """One of each kind of question but one, asked after the meetings of an activity; before it is held."""
    page, by = activity(WELCOME), administrator()
    if Questionnaire.objects.filter(organisation=page.organisation).exists():
        return 0
    questionnaire = Questionnaire(organisation=page.organisation, name=NAME)
    for order, fields in enumerate(ASKED):
        questionnaire.questions.add(SurveyQuestion(sort_order=order, **fields))
    with transaction.atomic():
        save_questionnaire(questionnaire=questionnaire, seen=None, by=by)
        if not ActivitySettings.objects.filter(activity=page).exists():
            chosen = ActivitySettings(activity=page, questionnaire_after=questionnaire)
            save_settings(settings=chosen, seen=0, apply_to_coming=False, by=by)
    return 1


def load_opinions() -> int:
    """The answers, then a corrected sheet and a revoked certificate; returns how many sessions had none."""
    by = administrator()
    with transaction.atomic():
        welcome = _answered(WELCOME, OPENING, WELCOME_VALUES)
        if welcome is not None:
            _correct(welcome, by)
        training = _answered(LEADER, PAST, LEADER_VALUES)
    return (welcome is not None) + (training is not None)


def _answered(slug: str, title: str, values: tuple[tuple[Any, ...], ...]) -> Session | None:
    """None when it was answered already. All but who is beyond the values answer, then it closes."""
    session = Session.objects.filter(uid=demo_key("session", slug, title)).first()
    survey = Survey.objects.filter(session=session, moment=Survey.Moment.AFTER, unsealed_at=None).first()
    if session is None or survey is None:
        return None
    invitations = survey.invitations.select_related("survey__session").order_by("pk")
    for invitation, said in zip(invitations, _people(values), strict=False):
        keyed = {each["key"]: value for each, value in zip(survey.questions, said, strict=True)}
        answer(invitation=invitation, values=_in_words(survey, keyed))
    # As if it had been closed on the evening itself.
    Survey.objects.filter(pk=survey.pk).update(
        opened_at=session.ends_at, closes_at=session.ends_at + OPEN_FOR
    )
    unseal_due()
    return session


def _people(values: tuple[tuple[Any, ...], ...]) -> Iterator[tuple[Any, ...]]:
    number = len(values[0])
    return zip(*(islice(cycle(column), number) for column in values), strict=True)


def _in_words(survey: Survey, values: dict[str, Any]) -> dict[str, Any]:
    """The steps of a grid, by its lines."""
    grids = {each["key"]: each["rows"] for each in survey.questions if each["kind"] == Kind.MATRIX}
    return {
        key: dict(zip(grids[key], value, strict=True)) if key in grids else value
        for key, value in values.items()
    }


def _correct(session: Session, by: User) -> None:
    """Somebody left early: their certificate has a second version. Somebody else's is revoked."""
    slot = session.slots.get()
    given = Certificate.objects.filter(registration__session=session, status=Certificate.Status.VALID)
    early, other = given.order_by("pk")[2:4]
    correct_sheet(
        slot=slot,
        marks={early.registration_id: Attendance.State.LEFT},
        minutes={early.registration_id: slot.minutes - 30},
        reason="Départ une demi-heure avant la fin, noté sur la feuille papier.",
        by=by,
    )
    revoke(certificate=other, reason="Délivrée à la mauvaise personne : deux homonymes.", by=by)
