from events.models.activity import ActivityPage, EventPage
from events.models.agenda import AgendaItem, SessionDocument
from events.models.answer import Answer
from events.models.attendance import Attendance, AttendanceSheet, AttendeeLink, Signature
from events.models.journal import JournalEntry
from events.models.message import Message
from events.models.messaging import Mailing, MessageRule
from events.models.programme import Programme
from events.models.question import Question, QuestionSet
from events.models.questionnaire import Questionnaire, SurveyQuestion
from events.models.registration import ACTIVE_STATES, Registration
from events.models.session import Session, SessionRole, Slot
from events.models.settings import ActivitySettings
from events.models.survey import SealedResponse, Survey, SurveyInvitation, SurveyResponse, SurveyText
from events.models.tally import SessionTally, TallyMark
from events.models.theme import Theme

__all__ = [
    "ACTIVE_STATES",
    "ActivityPage",
    "ActivitySettings",
    "AgendaItem",
    "Answer",
    "Attendance",
    "AttendanceSheet",
    "AttendeeLink",
    "EventPage",
    "JournalEntry",
    "Mailing",
    "Message",
    "MessageRule",
    "Programme",
    "Question",
    "QuestionSet",
    "Questionnaire",
    "Registration",
    "SealedResponse",
    "Session",
    "SessionDocument",
    "SessionRole",
    "SessionTally",
    "Signature",
    "Slot",
    "Survey",
    "SurveyInvitation",
    "SurveyQuestion",
    "SurveyResponse",
    "SurveyText",
    "TallyMark",
    "Theme",
]
