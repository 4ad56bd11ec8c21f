"""What an organisation keeps besides its pages: answers, questions, messages, programmes, its journal."""

from dataclasses import dataclass

from django.utils import timezone
from wagtail.log_actions import log

from certificates.models import IssueBatch
from events.models import (
    Answer,
    Mailing,
    Message,
    MessageRule,
    Programme,
    Question,
    Questionnaire,
    QuestionSet,
    Registration,
    Session,
    Survey,
    SurveyQuestion,
    SurveyText,
)
from members.models import Organisation, User


@dataclass(frozen=True)
class Rows:
    question_set: QuestionSet
    rule: MessageRule
    mailing: Mailing
    message: Message
    programme: Programme
    text: SurveyText
    batch: IssueBatch
    questionnaire: Questionnaire


def fill(
    *, organisation: Organisation, session: Session, registration: Registration, people: str, by: User
) -> Rows:
    """One row of each kind; every text in them holds ``people``."""
    questions = QuestionSet.objects.create(organisation=organisation, name=f"{people} jeu")
    question = Question.objects.create(question_set=questions, label=f"{people} question", sort_order=0)
    Answer.objects.create(
        registration=registration,
        question=question,
        label=question.label,
        kind=question.kind,
        value=f"{people} réponse",
    )
    text = {"subject": f"{people} objet", "body": f"{people} texte"}
    rule = MessageRule.objects.create(
        organisation=organisation, name=f"{people} rappel", active_since=timezone.now(), **text
    )
    mailing = Mailing.objects.create(
        organisation=organisation, session=session, by=by, created_at=timezone.now(), **text
    )
    message = Message.objects.create(
        key=f"world:{people}",
        kind="rule",
        organisation=organisation,
        registration=registration,
        session=session,
        recipient=registration.email,
        next_try_at=timezone.now(),
        created_at=timezone.now(),
        **text,
    )
    programme = Programme.objects.create(organisation=organisation, name=f"{people} programme")
    programme.activities.add(session.activity)
    log(instance=registration, action="escale.edit", user=by, data={"why": f"{people} journal"})
    now = timezone.now()
    over = {"opened_at": now, "closes_at": now, "unsealed_at": now}
    survey = Survey.objects.create(session=session, moment=Survey.Moment.DELAYED, **over)
    words = SurveyText.objects.create(survey=survey, key="mot", text=f"{people} avis")
    questionnaire = Questionnaire.objects.create(organisation=organisation, name=f"{people} avis")
    asked = {"kind": "choice", "label": f"{people} avis ?", "options": f"{people} oui\n{people} non"}
    SurveyQuestion.objects.create(questionnaire=questionnaire, sort_order=0, key="q1", **asked)
    batch = IssueBatch.objects.create(
        organisation=organisation,
        sessions=[session.pk],
        kinds=["presence"],
        title=f"{people} lot",
        state=IssueBatch.State.DONE,
        created_at=now,
        finished_at=now,
    )
    return Rows(questions, rule, mailing, message, programme, words, batch, questionnaire)
