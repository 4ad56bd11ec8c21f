"""The reference model, second half: who came, and what that gives: certificates, completion, opinions."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.machine.model import ACTIVE, PARIS, No, Person, Place, Seats, Session, Slot

CAME = ("present", "late", "left")
PARTIAL = ("late", "left")
OPEN_FOR = timedelta(days=30)
PRESENCE, OF_TRAININGS = "presence", ("completion", "realisation")
Parts = list[tuple[datetime, int]]
Said = dict[Place, tuple[str, int | None]]


@dataclass(eq=False)
class Paper:
    """The last certificate of a kind that somebody has."""

    says: Parts
    status: str = "valid"
    decided: bool = False  # revoked by somebody, not by the sheets
    number: int = 0


@dataclass(eq=False)
class Survey:
    session: Session
    opened: datetime
    closes: datetime
    number: int
    answered: dict[Place, bool] = field(default_factory=dict)
    scores: list[int] = field(default_factory=list)
    told: bool = False  # opened, its marks dealt anew


class Model(Seats):
    """All of it; ``trainings`` are activities whose documents ask for every slot."""

    def __init__(self, now: datetime, limits: dict[str, int | None], trainings: set[str]) -> None:
        super().__init__(now, limits)
        self.trainings = trainings
        self.papers: dict[tuple[Place, str], Paper] = {}
        self.completions: set[Place] = set()
        self.surveys: dict[Session, Survey] = {}
        # Of surveys that were opened together: how many, and their marks.
        self.opened: list[tuple[set[Survey], Counter[int]]] = []
        self.told: set[frozenset[int]] = set()  # papers that were announced together
        self.numbers = 0

    # --- the sheet ----------------------------------------------------------------------------------
    def _check_sheet(self, session: Session, slot: Slot) -> None:
        if session.status != "published" or self.today < slot.start.astimezone(PARIS).date():
            raise No

    def walk_in(self, person: Person, session: Session, slot: Slot) -> None:
        self._check_sheet(session, slot)
        if slot.sheets or session.completed:
            raise No
        place = self._come(person, session)
        self._note(slot, {place: ("present", None)})

    def _come(self, person: Person, session: Session) -> Place:
        place = self.standing(person, session)
        if place is None or place.state != "confirmed":
            self.journal["escale.walk_in"] += 1
        if place is None:
            return self._add(person, session, "confirmed", member=person.member)
        if place.state != "confirmed":
            self.enter(place, "confirmed")
        return place

    def mark(self, session: Session, slot: Slot, place: Place, state: str, minutes: int | None) -> None:
        self._check_sheet(session, slot)
        if slot.sheets or place not in session.holding("confirmed"):
            raise No
        self._note(slot, {place: self._said(slot, place, state, minutes)})

    def tap(
        self,
        session: Session,
        slot: Slot,
        place: Place,
        state: str,
        minutes: int | None,
        *,
        seen: tuple[str, int | None],
    ) -> None:
        """As a phone sends it, with what it saw: what somebody noted since stands."""
        self._check_sheet(session, slot)
        if slot.sheets:
            raise No
        stands = slot.marks.get(place, ("", None))
        if place.state != "confirmed" or stands not in (seen, (state, minutes)):
            return
        self._check_minutes(slot, state, minutes)
        self._note(slot, {place: (state, minutes if minutes != slot.minutes else None)})

    def _check_minutes(self, slot: Slot, state: str, minutes: int | None) -> None:
        if minutes is not None and (state not in PARTIAL or not 1 <= minutes <= slot.minutes):
            raise No

    def _said(self, slot: Slot, place: Place, state: str, minutes: int | None) -> tuple[str, int | None]:
        self._check_minutes(slot, state, minutes)
        before, spent = slot.marks.get(place, ("", None))
        if state not in PARTIAL:
            return state, None
        if minutes is None:
            minutes = spent if before == state else None
        return state, minutes if minutes is not None and minutes < slot.minutes else None

    def _note(self, slot: Slot, marks: Said) -> None:
        changed = any(slot.marks.get(place) != said for place, said in marks.items())
        slot.marks.update(marks)
        self.journal["escale.attendance"] += changed

    def _settle(self, slot: Slot, people: list[Place]) -> Said:
        """Whoever has no mark is absent; marks of nobody who counts are gone."""
        self._note(slot, {place: ("absent", None) for place in people if place not in slot.marks})
        slot.marks = {place: said for place, said in slot.marks.items() if place in people}
        return dict(slot.marks)

    def close(self, session: Session, slot: Slot) -> None:
        self._check_sheet(session, slot)
        if slot.sheets:
            raise No
        slot.sheets.append(self._settle(slot, session.holding("confirmed")))
        self.journal["escale.close_sheet"] += 1
        if all(each.sheets for each in session.slots):
            session.completed = True
            self._complete(session)
            given = self._issue_all(session)
            self._invite(session)
            for place, kinds in given.items():
                if PRESENCE in kinds:
                    self._thank_for_coming(place)
                self._announce(place, [kind for kind in kinds if kind != PRESENCE])

    def correct(
        self, session: Session, slot: Slot, place: Place | Person, state: str, minutes: int | None
    ) -> None:
        """``place``: somebody of the session, or a person who was forgotten."""
        if isinstance(place, Person):
            self._check_forgotten(session, slot)
        if not slot.sheets:
            raise No
        self._check_sheet(session, slot)
        came = set(self.attended(session))
        if isinstance(place, Person):
            place, said = self._come(place, session), ("present", None)
        else:
            if place not in {*session.holding("confirmed"), *slot.sheets[-1]}:
                raise No
            said = self._said(slot, place, state, minutes)
        people = [each for each in session.places if each.state == "confirmed" or each in slot.sheets[-1]]
        wanted = {**{each: slot.marks.get(each, ("absent", None)) for each in people}, place: said}
        if wanted == slot.sheets[-1]:
            raise No
        missing = any(each not in slot.marks for each in people)
        changed = slot.marks.get(place) != said
        slot.marks = wanted
        slot.sheets.append(dict(wanted))
        self.journal["escale.attendance"] += bool(missing or changed)
        self.journal["escale.correct_sheet"] += 1
        self._follow(session, came, thanks=session.completed and not session.imported)

    def _check_forgotten(self, session: Session, slot: Slot) -> None:
        if session.status != "published":
            raise No

    def attended(self, session: Session) -> dict[Place, Parts]:
        found: dict[Place, Parts] = {}
        for slot in session.slots:
            for place, (state, minutes) in (slot.sheets[-1] if slot.sheets else {}).items():
                if state in CAME:
                    spent = slot.minutes if minutes is None else minutes
                    found.setdefault(place, []).append((slot.start, spent))
        return found

    # --- papers -------------------------------------------------------------------------------------
    def _complete(self, session: Session) -> None:
        if session.activity not in self.trainings:
            return
        came = self.attended(session) if session.completed else {}
        meeting = {place for place, parts in came.items() if len(parts) == len(session.slots)}
        standing = {place for place in self.completions if place.session is session}
        self.journal["escale.complete"] += len(meeting - standing)
        self.journal["escale.uncomplete"] += len(standing - meeting)
        self.completions = self.completions - standing | meeting

    def kinds(self, session: Session) -> list[str]:
        return [PRESENCE, *(OF_TRAININGS if session.activity in self.trainings else ())]

    def _entitled(self, session: Session, kind: str) -> dict[Place, Parts]:
        came = self.attended(session)
        return {
            place: parts for place, parts in came.items() if kind == PRESENCE or place in self.completions
        }

    def _paper(self, place: Place, kind: str, parts: Parts, *, asked: bool = False) -> str:
        """``kept``, ``issued``, ``replaced``, or nothing."""
        known = self.papers.get((place, kind))
        valid = known is not None and known.status == "valid"
        if place.person.erased and not valid:
            return ""
        if known and valid and known.says == parts:
            return "kept"
        if known and known.decided and not valid and not asked:
            return ""
        self.numbers += 1
        self.papers[place, kind] = Paper(parts, number=self.numbers)
        self.journal["escale.issue"] += 1
        return "replaced" if valid else "issued"

    def _issue_all(self, session: Session) -> dict[Place, list[str]]:
        given: dict[Place, list[str]] = {}
        for kind in self.kinds(session):
            for place, parts in self._entitled(session, kind).items():
                if self._paper(place, kind, parts):
                    given.setdefault(place, []).append(kind)
        return given

    def _announce(self, place: Place, kinds: list[str]) -> None:
        """The same documents once."""
        key = frozenset(self.papers[place, kind].number for kind in kinds)
        if kinds and not place.person.erased and key not in self.told:
            self.told.add(key)
            self.tell(place, "certificate")

    def _follow(self, session: Session, before: set[Place], *, thanks: bool) -> None:
        newcomers = set(self.attended(session)) - before if thanks else set()
        self._complete(session)
        by_itself = session.completed and not session.imported
        news: dict[Place, list[str]] = {}
        for kind in self.kinds(session):
            entitled = self._entitled(session, kind)
            valid = {
                place
                for (place, each), paper in self.papers.items()
                if each == kind and place.session is session and paper.status == "valid"
            }
            for place in valid - set(entitled):
                self._end(place, kind, decided=False)
            for place, parts in entitled.items():
                if not by_itself and place not in valid:
                    continue
                if self._paper(place, kind, parts) in ("issued", "replaced"):
                    news.setdefault(place, []).append(kind)
        if newcomers:
            self._invite(session)
        for place, kinds in news.items():
            thanked = place in newcomers and self._thank(place, kinds)
            self._announce(place, [kind for kind in kinds if not (thanked and kind == PRESENCE)])

    def _thank(self, place: Place, kinds: list[str]) -> bool:
        """The first mail to somebody who came, with the way to the survey, while it is open."""
        if PRESENCE not in kinds or place not in self.surveys[place.session].answered:
            return False
        if self.owed[place, "after"]:
            return False
        self._thank_for_coming(place)
        return True

    def _thank_for_coming(self, place: Place) -> None:
        self.owed[place, "after"] = 1
        place.told = self.now

    def _end(self, place: Place, kind: str, *, decided: bool) -> None:
        paper = self.papers[place, kind]
        paper.status, paper.decided = "revoked", decided
        self.journal["escale.revoke"] += 1
        if not place.person.erased:
            self.tell(place, "certificate_revoked")

    def issue(self, place: Place, kind: str) -> None:
        parts = self._entitled(place.session, kind).get(place)
        if place.person.erased or kind not in self.kinds(place.session) or parts is None:
            raise No
        self._paper(place, kind, parts, asked=True)
        self._announce(place, [kind])

    def revoke(self, place: Place, kind: str) -> None:
        paper = self.papers.get((place, kind))
        if paper is None or paper.status != "valid":
            raise No
        self._end(place, kind, decided=True)

    # --- opinions -----------------------------------------------------------------------------------
    def _invite(self, session: Session) -> None:
        survey = self.surveys.get(session)
        if survey is None:
            survey = Survey(session, self.now, self.now + OPEN_FOR, len(self.surveys))
            self.surveys[session] = survey
        if not survey.told and survey.closes > self.now:
            for place in self.attended(session):
                survey.answered.setdefault(place, False)

    def answer(self, place: Place, score: int) -> None:
        survey = self.surveys[place.session]
        if survey.told or survey.closes <= self.now or survey.answered[place]:
            raise No
        if place not in self.attended(place.session) or not 0 <= score <= 10:
            raise No
        survey.answered[place] = True
        survey.scores.append(score)

    def unseal(self) -> None:
        """Five at least together, of one activity."""
        waiting: dict[str, list[Survey]] = {}
        for survey in sorted(self.surveys.values(), key=lambda each: (each.closes, each.number)):
            everybody = bool(survey.answered) and all(survey.answered.values())
            if survey.told or not (survey.closes <= self.now or everybody):
                continue
            if not 0 < len(survey.scores) < 5:
                self._open([survey])
                continue
            small = waiting.setdefault(survey.session.activity, [])
            small.append(survey)
            if sum(len(each.scores) for each in small) >= 5:
                self._open(small)
                waiting[survey.session.activity] = []

    def _open(self, surveys: list[Survey]) -> None:
        self.opened.append((set(surveys), Counter(score for each in surveys for score in each.scores)))
        for survey in surveys:
            survey.told, survey.closes = True, min(survey.closes, self.now)
            survey.answered = dict.fromkeys(survey.answered, True)

    # --- the past, and forgetting -------------------------------------------------------------------
    def import_session(self, activity: str, slot: Slot, capacity: int, people: dict[Person, str]) -> None:
        if slot.end > self.now:
            raise No
        session = Session(activity, [slot], capacity=capacity, imported=True, completed=True)
        self.sessions.append(session)
        for person, state in people.items():
            place = self._add(person, session, "confirmed", member=person.member)
            slot.marks[place] = (state, None)
        slot.sheets.append(dict(slot.marks))
        self.journal["escale.create"] += 1
        self.journal["escale.import"] += 1
        self.journal["escale.attendance"] += 1

    def erase(self, person: Person) -> None:
        own = [place for session in self.sessions for place in session.places if place.person is person]
        coming = [place for place in own if place.state in ACTIVE and place.session.start > self.now]
        if any(place.session.completed for place in coming):
            raise No
        for place in coming:
            self.withdraw(place, staff=False)
        for (place, _kind), paper in self.papers.items():
            if place.person is not person:
                continue
            if paper.status != "valid" or place.session.activity not in self.trainings:
                paper.status = "revoked"
        person.erased = True
        self.journal["escale.erase"] += 1

    def hours(self, person: Person) -> int:
        return sum(
            minutes
            for session in self.sessions
            for place, parts in self.attended(session).items()
            if place.person is person
            for _start, minutes in parts
        )
