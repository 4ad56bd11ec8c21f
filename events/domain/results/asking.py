"""The results of what was asked for: activities, period, moment, one session perhaps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from wagtail.log_actions import log

from events.domain.report.counting import begun
from events.domain.report.periods import Period
from events.domain.report.shares import percent
from events.domain.report.subject import Subject
from events.domain.results.collecting import Answers, collect
from events.domain.results.telling import Told, mean_of_marks, tell, whole
from events.domain.survey.questions import Kind
from events.models import Session, Survey
from members.models import User


@dataclass(frozen=True)
class Asked:
    subject: Subject
    period: Period
    moment: str = Survey.Moment.AFTER
    session: Session | None = None

    @property
    def title(self) -> str:
        return self.session.title if self.session else self.subject.title

    @property
    def moment_label(self) -> str:
        return str(Survey.Moment(self.moment).label)


@dataclass(frozen=True)
class Line:
    """A session, an activity or an organisation: its counts, and its mean where it is one of its own.

    ``answered`` is what was received from the people ``invited``: an import invites nobody, and
    invitations are let go after some months.
    """

    label: str
    invited: int
    answered: int
    received: int
    mean: Decimal | None
    number: int
    starts_at: datetime | None = None
    pk: int = 0
    detail: str = ""

    @property
    def rate(self) -> int | None:
        return percent(self.answered, self.invited)

    @property
    def uninvited(self) -> int:
        """Answers that no rate counts."""
        return self.received - self.answered


@dataclass(frozen=True)
class Results:
    """``scored``: the means of the lines have a meaning, since some 0–10 question was asked."""

    asked: Asked
    total: Line
    questions: list[Told]
    sessions: list[Line]
    activities: list[Line]
    organisations: list[Line]
    waiting: int
    scored: bool

    @property
    def is_empty(self) -> bool:
        return not (self.total.invited or self.total.received)


def results(asked: Asked) -> Results:
    ids = [activity.pk for activity in asked.subject.activities]
    found = collect(ids, moment=asked.moment)
    sessions = {each.pk: each for each in _sessions(asked, ids) if each.pk in found.invited}
    questions = tell(found, begins={pk: each.starts_at for pk, each in sessions.items()})
    lines = _Lines(found)
    total = lines.line("Ensemble", list(sessions))
    return Results(
        asked,
        total,
        questions,
        [lines.session(each) for each in sessions.values()],
        _by_activity(asked, sessions, lines),
        _by_organisation(asked, sessions, lines),
        total.received - _most_told(found, sessions),
        any(each.kind == Kind.SCORE for each in questions),
    )


def note_export(*, asked: Asked, kind: str, by: User) -> None:
    """Say in the journal of each organisation that its results were taken away."""
    period = [day.isoformat() if day else None for day in (asked.period.since, asked.period.until)]
    for organisation in asked.subject.organisations:
        own = [each.pk for each in asked.subject.activities if each.organisation_id == organisation.pk]
        data = {
            "kind": kind,
            "activities": own,
            "period": period,
            "moment": str(asked.moment),
            "session": asked.session.pk if asked.session else None,
        }
        log(instance=organisation, action="escale.export_surveys", user=by, data=data)


def _sessions(asked: Asked, ids: Collection[int]) -> QuerySet[Session]:
    found = begun(ids, asked.period.since, asked.period.until).exclude(status=Session.Status.CANCELLED)
    if asked.session:
        found = found.filter(pk=asked.session.pk)
    return found.select_related("activity__organisation").order_by("-starts_at", "-pk")


@dataclass(frozen=True)
class _Lines:
    found: Answers

    def line(
        self,
        label: str,
        inside: list[int],
        *,
        starts_at: datetime | None = None,
        pk: int = 0,
        detail: str = "",
    ) -> Line:
        mean, number = mean_of_marks(self.found, inside)
        return Line(
            label,
            sum(self.found.invited[pk] for pk in inside),
            sum(self.found.received.get(pk, 0) for pk in inside if self.found.invited[pk]),
            sum(self.found.received.get(pk, 0) for pk in inside),
            mean,
            number,
            starts_at,
            pk,
            detail,
        )

    def session(self, session: Session) -> Line:
        return self.line(
            session.title,
            [session.pk],
            starts_at=session.starts_at,
            pk=session.pk,
            detail=session.activity.title,
        )


def _by_activity(asked: Asked, sessions: dict[int, Session], lines: _Lines) -> list[Line]:
    if len(asked.subject.activities) < 2 or asked.session:
        return []
    own = {
        activity: [pk for pk, each in sessions.items() if each.activity_id == activity.pk]
        for activity in asked.subject.activities
    }
    return [
        lines.line(activity.title, pks, detail=activity.organisation.short_name)
        for activity, pks in own.items()
        if pks
    ]


def _by_organisation(asked: Asked, sessions: dict[int, Session], lines: _Lines) -> list[Line]:
    organisations = asked.subject.organisations
    if len(organisations) < 2 or asked.session:
        return []
    own = {
        organisation: [pk for pk, each in sessions.items() if each.activity.organisation == organisation]
        for organisation in organisations
    }
    return [lines.line(organisation.name, pks) for organisation, pks in own.items() if pks]


def _most_told(found: Answers, sessions: Collection[int]) -> int:
    """How many of the answers received are in some figure, of whichever question: the others wait."""
    told: dict[tuple[int, bool], int] = {}
    for column in found.columns:
        for part in (part for block in whole(column, sessions) for part in block):
            source = part.survey, part.imported
            told[source] = max(told.get(source, 0), part.answers)
    return sum(told.values())
