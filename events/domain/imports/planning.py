"""What an import would do, line by line, without doing it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from common import moments
from events.domain.imports.columns import fold
from events.domain.imports.lines import Action, Facts, Line, Participation, SessionKey, read_line
from events.domain.imports.reading import Table
from events.models import ActivityPage, Attendance, Registration, Session, SurveyResponse

# What a line says of its session besides its key, and how a disagreement is worded.
_STATED = {"ends_at": "Horaire", "place_name": "Lieu", "city": "Commune", "capacity": "Places"}
# What a later file may correct; the time of a settled sheet stays.
CORRECTED = ("place_name", "city", "capacity")


@dataclass
class SessionPlan:
    """One session of the file: ``session`` is the one that an earlier import made, if any."""

    facts: Facts
    first_line: int
    session: Session | None = None
    participations: list[Participation] = field(default_factory=list)
    stored_scores: Counter[int] = field(default_factory=Counter)

    @property
    def scores(self) -> list[int]:
        return [each.score for each in self.participations if each.score is not None]

    @property
    def replaces_scores(self) -> bool:
        return Counter(self.scores) != self.stored_scores

    @property
    def corrections(self) -> dict[str, Any]:
        if self.session is None:
            return {}
        stated = {name: getattr(self.facts, name) for name in CORRECTED}
        return {name: value for name, value in stated.items() if value != getattr(self.session, name)}

    @property
    def changes(self) -> list[Participation]:
        return [each for each in self.participations if each.line.action != Action.UNCHANGED]

    @property
    def is_unchanged(self) -> bool:
        return not (self.session is None or self.changes or self.corrections or self.replaces_scores)

    @property
    def action(self) -> Action:
        if self.session is None:
            return Action.CREATE
        return Action.UNCHANGED if self.is_unchanged else Action.UPDATE

    def __str__(self) -> str:
        return f"{self.facts.title}, {moments.short_day(self.facts.starts_at)}"


@dataclass(frozen=True)
class Plan:
    activity: ActivityPage
    sessions: list[SessionPlan]
    lines: list[Line]
    notices: list[str]

    @property
    def counts(self) -> dict[Action, int]:
        found = Counter(line.action for line in self.lines)
        return {action: found[action] for action in Action}

    @property
    def warned(self) -> list[Line]:
        return [line for line in self.lines if line.warnings]

    @property
    def changes_anything(self) -> bool:
        return any(not session.is_unchanged for session in self.sessions)


def plan(*, activity: ActivityPage, table: Table, now: datetime | None = None) -> Plan:
    """Read every line and compare it with what is stored; a constant number of queries."""
    lines = [read_line(row) for row in table.rows]
    sessions = _grouped(lines, _stored_sessions(activity, lines), now or timezone.now())
    _doubt_names(lines)
    _doubt_titles(sessions)
    _compare(sessions)
    return Plan(activity, sessions, lines, [*table.notices, *_notices(sessions)])


def _stored_sessions(activity: ActivityPage, lines: list[Line]) -> dict[datetime, list[Session]]:
    starts = [each.facts.starts_at for each in _readable(lines)]
    stored: dict[datetime, list[Session]] = {}
    if starts:
        for session in activity.sessions.filter(starts_at__range=(min(starts), max(starts))):
            stored.setdefault(session.starts_at, []).append(session)
    return stored


def _grouped(lines: list[Line], stored: dict[datetime, list[Session]], now: datetime) -> list[SessionPlan]:
    groups: dict[SessionKey, SessionPlan] = {}
    first_lines: dict[tuple[SessionKey, str], int] = {}
    for each in _readable(lines):
        line, key = each.line, each.facts.key
        session, obstacle = _match(each.facts, stored.get(each.facts.starts_at, []), now)
        if obstacle:
            line.refuse(obstacle)
            continue
        first = first_lines.setdefault((key, each.person.email), line.number)
        if first != line.number:
            line.refuse(f"Courriel : cette personne figure déjà à la ligne {first} pour cette session.")
            continue
        group = groups.setdefault(key, SessionPlan(each.facts, line.number, session))
        _doubt_facts(each, group)
        group.participations.append(each)
    return list(groups.values())


def _readable(lines: list[Line]) -> Iterator[Participation]:
    return (line.participation for line in lines if line.participation and not line.errors)


def _match(facts: Facts, stored: list[Session], now: datetime) -> tuple[Session | None, str]:
    """The imported session that the line is about, or why the line cannot be imported."""
    if facts.ends_at > now:
        return None, "Date : cette session n’est pas encore passée. L’import reprend ce qui a eu lieu."
    for session in stored:
        if not session.imported:
            return None, (
                f"Une session d’Escale existe à cette date et à cette heure (« {session.title} ») : "
                "notez les présences sur sa feuille d’émargement."
            )
    for session in stored:
        if fold(session.title) == facts.key[1]:
            if session.status != Session.Status.PUBLISHED:
                return None, "Cette session, importée auparavant, n’est plus publiée dans Escale."
            return session, ""
    return None, ""


def _doubt_facts(each: Participation, group: SessionPlan) -> None:
    warnings = each.line.warnings
    for name, what in _STATED.items():
        if getattr(each.facts, name) != getattr(group.facts, name):
            warnings.append(f"{what} : différent de la ligne {group.first_line}, qui fait foi.")
    if group.session and not group.participations and group.session.ends_at != group.facts.ends_at:
        warnings.append("Horaire : la fin déjà enregistrée est gardée, l’émargement étant clos.")


def _doubt_names(lines: list[Line]) -> None:
    """Two people behind one address would be merged: say so."""
    first: dict[str, tuple[int, str]] = {}
    for each in _readable(lines):
        folded = fold(f"{each.person.first_name} {each.person.last_name}")
        number, name = first.setdefault(each.person.email, (each.line.number, folded))
        if name != folded:
            each.line.warnings.append(f"Courriel : le même qu’à la ligne {number}, sous un autre nom.")


def _doubt_titles(sessions: list[SessionPlan]) -> None:
    """A title mistyped on one line would make a second session."""
    first: dict[datetime, SessionPlan] = {}
    for group in sessions:
        other = first.setdefault(group.facts.starts_at, group)
        if other is not group:
            group.participations[0].line.warnings.append(
                f"Atelier : un autre titre est donné pour le même moment à la ligne {other.first_line}."
            )


def _compare(groups: list[SessionPlan]) -> None:
    """Tell creations from updates and from what is stored already."""
    ids = [group.session.pk for group in groups if group.session]
    registrations = _stored_registrations(ids)
    scores = _stored_scores(ids)
    for group in groups:
        session = group.session.pk if group.session else 0
        group.stored_scores = scores.get(session, Counter())
        for each in group.participations:
            stored = registrations.get((session, each.person.email))
            if stored is None:
                each.line.action = Action.CREATE
            else:
                each.line.action = Action.UNCHANGED if stored == _statement(each) else Action.UPDATE


def _statement(each: Participation) -> dict[str, Any]:
    return {**asdict(each.person), "state": each.state, "mark": each.mark}


def _stored_registrations(sessions: list[int]) -> dict[tuple[int, str], dict[str, Any]]:
    marks: dict[int, str] = {}
    stored: dict[tuple[int, str], dict[str, Any]] = {}
    names = ("first_name", "last_name", "email", "profession", "civility", "rpps", "is_member", "state")
    for some in _batches(sessions):
        marks.update(
            Attendance.objects.filter(slot__session__in=some)
            .order_by("pk")
            .values_list("registration", "state")
        )
        rows = Registration.objects.filter(session__in=some, source=Registration.Source.IMPORT)
        for row in rows.order_by("pk").values("pk", "session", "user__email", *names):
            pk, session, email = row.pop("pk"), row.pop("session"), row.pop("user__email")
            withdrew = row["state"] == Registration.State.WITHDRAWN
            stored[session, email] = {**row, "mark": None if withdrew else marks.get(pk)}
    return stored


def _stored_scores(sessions: list[int]) -> dict[int, Counter[int]]:
    found: dict[int, Counter[int]] = {}
    for some in _batches(sessions):
        rows = SurveyResponse.objects.filter(imported=True, survey__session__in=some)
        for session, score, count in (
            rows.order_by().values_list("survey__session", "score").annotate(count=Count("pk"))
        ):
            found.setdefault(session, Counter())[score] = count
    return found


def _batches(ids: list[int], size: int = 5000) -> Iterable[list[int]]:
    """Databases bound the parameters of one query."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _notices(sessions: list[SessionPlan]) -> list[str]:
    replaced = [s for s in sessions if s.session and s.replaces_scores]
    return [
        f"{group} : les {sum(group.stored_scores.values())} notes déjà importées sont remplacées "
        f"par les {len(group.scores)} de ce fichier."
        for group in replaced
    ]
