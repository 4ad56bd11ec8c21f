"""What Escale promises of seats, ranks and offers, said again in plain Python, importing nothing of ours.

A rule returns nothing, or raises ``No`` where Escale must refuse; ``owed`` counts the messages, by person
and kind, and ``journal`` the lines, by action, that exist once the rules have been called.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

PARIS = ZoneInfo("Europe/Paris")
HALF_HOUR = timedelta(minutes=30)
ACTIVE = ("pending", "confirmed", "waitlisted", "offered")
SEATED = ("confirmed", "offered")


class No(Exception):  # noqa: N818
    """Escale refuses this."""


class TooLate(No):
    """Escale refuses, and what the clock decided is done at once."""


@dataclass(eq=False)
class Person:
    number: int
    member: bool
    profession: str
    erased: bool = False


@dataclass(eq=False)
class Slot:
    start: datetime
    end: datetime
    marks: dict["Place", tuple[str, int | None]] = field(default_factory=dict)
    sheets: list[dict["Place", tuple[str, int | None]]] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@dataclass(eq=False)
class Place:
    """One registration."""

    person: Person
    session: "Session"
    state: str
    arrived: tuple[datetime, int]
    member: bool
    since: datetime
    waited: bool = False
    until: datetime | None = None
    told: datetime | None = None  # of anything but by a rule


@dataclass(eq=False)
class Rule:
    """A message that an organisation wrote once for many."""

    number: int
    moment: str
    days: int
    audience: str
    since: datetime
    active: bool = True

    @property
    def kind(self) -> str:
        return f"rule {self.number}"

    @property
    def state(self) -> str:
        return "waitlisted" if self.audience == "waiting" else "confirmed"


@dataclass(eq=False)
class Session:
    activity: str
    slots: list[Slot]
    capacity: int = 2
    percent: int = 0
    approval: bool = False
    offers: bool = False
    cutoff: int = 0
    offer_hours: int = 12
    queue: bool = True
    first: datetime | None = None
    closes: datetime | None = None
    professions: tuple[str, ...] = ()
    status: str = "published"
    imported: bool = False
    completed: bool = False
    places: list[Place] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        return self.slots[0].start

    @property
    def end(self) -> datetime:
        return self.slots[-1].end

    @property
    def seats(self) -> int:
        return self.capacity + self.capacity * self.percent // 100

    def holding(self, *states: str) -> list[Place]:
        return [place for place in self.places if place.state in states]

    @property
    def taken(self) -> int:
        return len(self.holding(*SEATED))

    @property
    def has_room(self) -> bool:
        return self.taken < self.seats


class Seats:
    """Everything but attendance and what follows from it."""

    def __init__(self, now: datetime, limits: dict[str, int | None]) -> None:
        self.now, self.limits = now, limits
        self.sessions: list[Session] = []
        self.rules: list[Rule] = []
        self.owed: Counter[tuple[object, ...]] = Counter()
        self.journal: Counter[str] = Counter()
        self.arrivals = 0
        self.settled = True  # nothing is left to do that the clock decided

    # --- words --------------------------------------------------------------------------------------
    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def members_only(self, session: Session) -> bool:
        return session.first is not None and self.now < session.first

    def line(self, session: Session) -> list[Place]:
        """Who waits and may have a seat that is free now, in order."""
        waiting = sorted(session.holding("waitlisted"), key=lambda place: place.arrived)
        return [place for place in waiting if place.member or not self.members_only(session)]

    def promotes(self, session: Session) -> bool:
        return session.status == "published" and self.now < session.start - timedelta(hours=session.cutoff)

    def enter(self, place: Place, state: str, *, until: datetime | None = None) -> None:
        place.state, place.until, place.since = state, until, self.now

    def tell(self, place: Place, kind: str, *, rules: bool = False) -> None:
        """``rules``: what happened is one of the things of which they speak."""
        self.owed[place, kind] += 1
        place.told = self.now
        for rule in self.rules if rules and place.session.end > self.now else ():
            if rule.moment == "registration" and rule.active and rule.state == place.state:
                self.owed[place, rule.kind] = 1

    # --- the doors ----------------------------------------------------------------------------------
    def _check_open(self, session: Session, *, staff: bool) -> None:
        if session.status != "published" or session.end <= self.now:
            raise No
        if not staff and (session.start <= self.now or (session.closes and session.closes <= self.now)):
            raise No

    def _turn(self, session: Session, *, member: bool, staff: bool) -> bool:
        if not session.has_room:
            return False
        if not session.holding("waitlisted"):
            return member or staff or not self.members_only(session)
        return member and self.members_only(session) and not self.line(session)

    def _check_entry(self, person: Person, session: Session, *, staff: bool) -> None:
        self._check_open(session, staff=staff)
        if not staff and session.professions and person.profession not in session.professions:
            raise No

    def _enter(self, person: Person, session: Session, *, member: bool, staff: bool) -> Place:
        turn = self._turn(session, member=member, staff=staff)
        if not turn and not session.queue:
            raise No
        state = "pending" if session.approval and not staff else "confirmed" if turn else "waitlisted"
        return self._add(person, session, state, member=member)

    def _add(self, person: Person, session: Session, state: str, *, member: bool) -> Place:
        self.arrivals += 1
        place = Place(person, session, state, (self.now, self.arrivals), member, self.now)
        place.waited = state == "waitlisted"
        session.places.append(place)
        return place

    def standing(self, person: Person, session: Session) -> Place | None:
        return next((place for place in session.holding(*ACTIVE) if place.person is person), None)

    def _limited(self, person: Person, sessions: list[Session]) -> bool:
        limit = self.limits[sessions[0].activity]
        if limit is None:
            return False
        for season in {_season(session.start) for session in sessions}:
            wanted = [session for session in sessions if _season(session.start) == season]
            others = [
                place
                for session in self.sessions
                if session.activity == wanted[0].activity and session not in sessions
                if _season(session.start) == season
                for place in session.places
                if place.person is person
                if place.state in ACTIVE and (session.end > self.now or place.state == "confirmed")
            ]
            if len(others) + len(wanted) > limit:
                return True
        return False

    def register(self, person: Person, session: Session, *, staff: bool = False) -> None:
        self._check_entry(person, session, staff=staff)
        known = self.standing(person, session)
        if known:
            self._told_again(known)
        elif self._limited(person, [session]) and not staff:
            self.owed[person, session, "season_limit", self.today] = 1
        else:
            place = self._enter(person, session, member=person.member, staff=staff)
            self.tell(place, place.state, rules=True)
            self.journal["escale.register"] += staff

    def _told_again(self, place: Place) -> None:
        if (place, "already_registered", self.today) not in self.owed:
            self.owed[place, "already_registered", self.today] = 1
            place.told = self.now

    def register_many(self, person: Person, sessions: list[Session]) -> None:
        for session in sessions:
            self._check_entry(person, session, staff=False)
        known = {session: self.standing(person, session) for session in sessions}
        # Those that begin together are in the order in which they were made.
        in_order = sorted(sessions, key=lambda session: (session.start, self.sessions.index(session)))
        if self._limited(person, sessions):
            limit = self.limits[sessions[0].activity]
            seasons = Counter(_season(session.start) for session in sessions)
            if limit is not None and max(seasons.values()) > limit:
                raise No
            self.owed[person, in_order[0], "season_limit", self.today] = 1
            return
        if not all(known.values()):
            for session in sessions:
                if not session.queue and not self._turn(session, member=person.member, staff=False):
                    raise No
        for session in in_order:
            if place := known[session]:
                self._told_again(place)
            else:
                place = self._enter(person, session, member=person.member, staff=False)
                self.tell(place, place.state, rules=True)

    # --- leaving, deciding --------------------------------------------------------------------------
    def withdraw(self, place: Place, *, staff: bool) -> None:
        if place.state not in ACTIVE:
            return
        if place.session.completed or (not staff and place.session.start <= self.now):
            raise No
        self.enter(place, "withdrawn")
        self.tell(place, "withdrawn_by_staff" if staff else "withdrawn")
        self.journal["escale.withdraw"] += staff
        self.fill(place.session)

    def fill(self, session: Session) -> None:
        if not self.promotes(session):
            return
        for place in self.line(session)[: max(0, session.seats - session.taken)]:
            if session.offers:
                self.enter(place, "offered", until=self._deadline(session))
                self.tell(place, "offered")
                self.journal["escale.offer"] += 1
            else:
                self.enter(place, "confirmed")
                self.tell(place, "promoted", rules=True)
                self.journal["escale.promote"] += 1

    def _deadline(self, session: Session) -> datetime:
        """Half an hour after the other, from eight to twenty, neither on Sundays nor on holidays."""
        latest, moment = session.start - timedelta(hours=session.cutoff), self.now
        left = session.offer_hours * 2
        while left and moment < latest:
            left -= _is_decent(moment)
            moment += HALF_HOUR
        return min(moment, latest)

    def _check_deciding(self, session: Session) -> None:
        if session.status != "published" or session.end <= self.now:
            raise No

    def approve(self, place: Place) -> None:
        session = place.session
        self._check_deciding(session)
        if place.state != "pending":
            raise No
        if self._turn(session, member=place.member, staff=False):
            self.enter(place, "confirmed")
        elif session.queue:
            self.enter(place, "waitlisted")
            place.waited = True
        else:
            raise No
        self.tell(place, "approved", rules=True)
        self.journal["escale.approve"] += 1

    def decline(self, place: Place) -> None:
        if place.state != "pending":
            raise No
        self.enter(place, "declined")
        self.tell(place, "declined")
        self.journal["escale.decline"] += 1

    def promote(self, place: Place) -> None:
        self._check_deciding(place.session)
        if place.state not in ("waitlisted", "offered", "pending"):
            raise No
        self.enter(place, "confirmed")
        self.tell(place, "confirmed", rules=True)
        self.journal["escale.promote"] += 1

    # --- offers -------------------------------------------------------------------------------------
    def _is_open(self, place: Place) -> bool:
        return place.until is not None and self.now < min(place.until, place.session.start)

    def accept(self, place: Place) -> None:
        if place.state == "confirmed":
            return
        self._check_offer(place)
        self.enter(place, "confirmed")
        self.tell(place, "confirmed", rules=True)
        self.journal["escale.accept_offer"] += 1

    def refuse(self, place: Place) -> None:
        if place.state == "withdrawn":
            return
        self._check_offer(place)
        self.enter(place, "withdrawn")
        self.tell(place, "offer_declined")
        self.journal["escale.decline_offer"] += 1
        self.fill(place.session)

    def _check_offer(self, place: Place) -> None:
        if self._is_open(place):
            return
        if place.state == "offered":  # too late: the next person has it
            self._expire(place)
            self.fill(place.session)
            raise TooLate
        raise No

    def _expire(self, place: Place) -> None:
        self.enter(place, "expired")
        self.tell(place, "offer_expired")
        self.journal["escale.expire_offer"] += 1

    def run_due(self) -> None:
        for session in self.sessions:
            late = [place for place in session.holding("offered") if not self._is_open(place)]
            for place in late:
                self._expire(place)
            if late:
                self.fill(session)
        for session in self.sessions:
            if not self.members_only(session) and session.start > self.now:
                self.fill(session)
        self.settled = True

    # --- the session --------------------------------------------------------------------------------
    def publish(self, session: Session) -> None:
        if session.status == "cancelled":
            raise No
        self.journal["escale.publish"] += session.status == "draft"
        session.status = "published"

    def resize(self, session: Session, capacity: int, percent: int) -> None:
        self._check_edit(session, session.start)
        if not 1 <= capacity <= 10_000 or not 0 <= percent <= 100:
            raise No
        self.journal["escale.edit"] += (capacity, percent) != (session.capacity, session.percent)
        session.capacity, session.percent = capacity, percent
        self.fill(session)

    def _check_edit(self, session: Session, start: datetime) -> None:
        if session.status == "cancelled" or (session.first and session.first > start):
            raise No

    def reschedule(self, session: Session, delta: timedelta) -> None:
        self._check_edit(session, session.start + delta)
        if any(slot.sheets for slot in session.slots):
            raise No
        last = session.end
        for slot in session.slots:
            slot.start, slot.end = slot.start + delta, slot.end + delta
        self.journal["escale.edit"] += 1
        if session.status == "published" and max(last, session.end) > self.now:
            self.journal["escale.move"] += 1
            for place in session.holding(*ACTIVE):
                self.tell(place, "moved")
        self.fill(session)

    def cancel(self, session: Session) -> None:
        if session.status == "cancelled":
            return
        if any(slot.sheets for slot in session.slots):
            raise No
        session.status = "cancelled"
        for place in session.holding(*ACTIVE):
            self.enter(place, "cancelled")
            self.tell(place, "cancelled")
        self.journal["escale.cancel"] += 1

    def move(self, place: Place, target: Session) -> None:
        source, person = place.session, place.person
        marked = any(place in slot.marks for slot in source.slots)
        if source is target or place.state not in ACTIVE or source.completed or marked or person.erased:
            raise No
        if self.standing(person, target):
            raise No
        self._check_open(target, staff=True)
        entered = self._enter(person, target, member=place.member, staff=True)
        if entered.state == "pending":
            raise AssertionError
        self.enter(place, "cancelled")
        self.tell(entered, "transferred", rules=True)
        self.journal["escale.transfer"] += 2
        self.fill(source)


def _season(moment: datetime) -> int:
    local = moment.astimezone(PARIS)
    return local.year if local.month >= 9 else local.year - 1


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("FR", years=year))


def _is_decent(moment: datetime) -> bool:
    local = moment.astimezone(UTC).astimezone(PARIS)
    return 8 <= local.hour < 20 and local.weekday() != 6 and local.date() not in _holidays(local.year)
