from events.models.activity import ActivityPage, EventPage
from events.models.attendance import Attendance, AttendanceSheet
from events.models.message import Message
from events.models.registration import ACTIVE_STATES, Registration
from events.models.session import Session, SessionRole, Slot
from events.models.survey import Survey, SurveyInvitation, SurveyResponse

__all__ = [
    "ACTIVE_STATES",
    "ActivityPage",
    "Attendance",
    "AttendanceSheet",
    "EventPage",
    "Message",
    "Registration",
    "Session",
    "SessionRole",
    "Slot",
    "Survey",
    "SurveyInvitation",
    "SurveyResponse",
]
