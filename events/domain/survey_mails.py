"""Mails that ask for an answer: whether one still makes sense when it leaves, and the marks to tap in it.

``after`` thanks whoever came; the others begin with « survey » and are counted, never listed by person.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from events.domain import layout
from events.models import Message, Registration, Session, Survey, SurveyInvitation, SurveyQuestion

Moment = Survey.Moment
INVITES = {Moment.BEFORE: "survey_before", Moment.AFTER: "after", Moment.DELAYED: "survey_delayed"}
REMINDER = "survey_reminder"
DROPPABLE = (INVITES[Moment.BEFORE], INVITES[Moment.DELAYED], REMINDER)
_TO_SURVEY = re.compile(r"^https?://\S+/avis/[^/\s]+/$")
_LINK = re.compile(r"^https?://\S+$")
_COLON = re.compile(r"\s*:$")


@dataclass(frozen=True)
class Part:
    """A paragraph of the mail: some lines, then perhaps a link, or the marks from 0 to 10."""

    lines: list[str]
    link: str = ""
    label: str = ""
    marks: bool = False


def key(kind: str, *, survey_id: int, rank: int = 0, registration_id: int) -> str:
    return f"{kind}:{survey_id}:{rank}:{registration_id}"


def survey_of(message_key: str) -> int:
    """The survey of which such a key tells; 0 for one that was forgotten."""
    part = message_key.split(":")[1]
    return int(part) if part.isdecimal() else 0


def still_applies(message: Message, *, now: datetime) -> bool:
    """The survey is open, its session stands, and this person has not answered meanwhile."""
    return _open_invitation(message, now=now) is not None


def html(message: Message) -> str:
    """The mail with its marks to tap; empty for one that asks for none, or not any more."""
    if message.kind not in (*DROPPABLE, INVITES[Moment.AFTER]):
        return ""
    invitation = _open_invitation(message, now=timezone.now())
    if invitation is None or not _asks_a_mark(invitation.survey):
        return ""
    parts = list(_parts(message.body))
    if not any(part.marks for part in parts):
        return ""
    context = {"subject": message.subject, "parts": parts, "marks": range(11)}
    return render_to_string("events/mail/survey.html", context)


def _open_invitation(message: Message, *, now: datetime) -> SurveyInvitation | None:
    if message.registration_id is None:
        return None
    mine = SurveyInvitation.objects.filter(registration=message.registration_id, answered=False)
    mine = mine.filter(survey__unsealed_at=None, survey__closes_at__gt=now)
    if message.kind == INVITES[Moment.AFTER]:
        mine = mine.filter(survey__moment=Moment.AFTER)
    else:
        mine = mine.filter(survey=survey_of(message.key))
    found = mine.select_related("survey__session", "registration").first()
    return found if found and _stands(found) else None


def _stands(invitation: SurveyInvitation) -> bool:
    survey = invitation.survey
    if survey.session.status != Session.Status.PUBLISHED:
        return False
    confirmed = invitation.registration.state == Registration.State.CONFIRMED
    return survey.moment != Moment.BEFORE or confirmed


def _asks_a_mark(survey: Survey) -> bool:
    return any(each["kind"] == SurveyQuestion.Kind.SCORE for each in survey.questions)


def _parts(body: str) -> list[Part]:
    """The paragraphs of a text mail: a line that leads to a link becomes its words."""
    found: list[Part] = []
    for paragraph in layout.paragraphs(body):
        lines: list[str] = []
        for line in paragraph:
            if _TO_SURVEY.match(line):
                found.append(Part(lines, link=line, marks=True))
                lines = []
            elif _LINK.match(line):
                label = _COLON.sub("", lines.pop()) if lines else line
                found.append(Part(lines, link=line, label=label))
                lines = []
            else:
                lines.append(line)
        if lines:
            found.append(Part(lines))
    return found
