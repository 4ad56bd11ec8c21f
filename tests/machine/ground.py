"""The ground on which both stand: a database, its model, and what finds the rows of one in the other."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from typing import Any, TypeVar

from common.errors import DomainError
from common.prepared import Prepared
from events.domain import people as statements
from events.domain.message_rules import save_rule
from events.models import ActivityPage, ActivitySettings, MessageRule, Registration
from events.models import Session as Row
from events.models import Slot as SlotRow
from members.models import Organisation
from tests.clock import Clock
from tests.factories import make_activity, make_admin, make_organisation, make_training
from tests.machine import rows
from tests.machine.model import No, Person, Place, Rule, Session, Slot
from tests.machine.speaking import Whole

PROFESSIONS = ("60", "60", "50", "10")
STARTS = ((2017, 3, 20), (2018, 10, 22), (2018, 8, 20), (2019, 12, 16), (2016, 4, 25), (2020, 3, 16))
RULES = (
    ("registration", 0, "waiting"),
    ("before", 0, "confirmed"),
    ("before", 2, "confirmed"),
    ("after", 0, "present"),
    ("after", 1, "absent"),
)
LIVE = timedelta(days=12)
T = TypeVar("T")

# Written once each: before every operation one of them is read.
WHOLE = "activity__organisation"
SESSION = Prepared(lambda pk: Row.objects.select_related(WHOLE).filter(pk=pk))
SLOT = Prepared(lambda pk: SlotRow.objects.select_related(f"session__{WHOLE}").filter(pk=pk))
REGISTRATION = Prepared(
    lambda pk: Registration.objects.select_related(f"session__{WHOLE}", "user").filter(pk=pk)
)
REGISTRATIONS = Prepared(lambda pk: Registration.objects.filter(session=pk).only("email").order_by("pk"))


class Ground:
    """One organisation, three activities, a dozen people, and a model that knows of them."""

    def __init__(self, clock: Clock, seed: int, *, people: int = 12) -> None:
        chance = random.Random(seed)
        clock.set(*chance.choice(STARTS), chance.choice((8, 9, 17, 23)))
        self.clock, self.by = clock, make_admin(email="coordination@example.org")
        organisation = make_organisation()
        pages = {
            "cafe": make_activity(organisation),
            "soirees": make_activity(organisation),
            "formation": make_training(organisation),
        }
        self.activities = {name: ActivityPage.objects.get(pk=page.pk) for name, page in pages.items()}
        limit = chance.choice((1, 2, 3))
        ActivitySettings.objects.create(activity=self.activities["soirees"], season_limit=limit)
        limits = {"cafe": None, "soirees": limit, "formation": None}
        self.model = Whole(clock.time.astimezone(UTC), limits, {"formation"})
        self.numbers, self.people = 0, list[Person]()
        self.keys: dict[Any, int] = {}  # of sessions, slots and places
        self.erased: list[Person] = []
        self.refused = self.calls = self.numbers_of_imports = 0
        self.sheets: dict[int, str] = {}  # their digests, once and for all
        self.sent_before = rows.Outgoing.sent
        self.touched: set[Session] = set()
        self.rules: dict[int, Rule] = {}
        for each in RULES if chance.random() < 0.5 else ():
            self._speak_by_itself(organisation, *each)
        for _ in range(people):
            self._newcomer()

    def _speak_by_itself(self, organisation: Organisation, moment: str, days: int, audience: str) -> None:
        written = {"name": moment, "subject": "{dispositif}", "body": "Bonjour {prenom}"}
        facts = {"organisation": organisation, "moment": moment, "days": days, "audience": audience}
        stored = save_rule(rule=MessageRule(**facts, **written), by=self.by)
        self.rules[stored.pk] = Rule(len(self.rules), moment, days, audience, self.model.now)
        self.model.rules.append(self.rules[stored.pk])
        self.model.journal["escale.message_rule"] += 1

    # --- words --------------------------------------------------------------------------------------
    def _newcomer(self) -> None:
        n = self.numbers = self.numbers + 1
        self.people.append(Person(n, member=n % 3 == 0, profession=PROFESSIONS[n % 4]))

    def statement(self, person: Person) -> statements.Person:
        n = person.number
        return statements.Person(
            first_name=f"Kanari{n}",
            last_name=f"Kanarina{n}",
            email=f"kanari{n}@example.org",
            profession=person.profession,
            is_member=person.member,
        )

    def person(self, n: int) -> Person:
        return self.people[n % len(self.people)]

    def live(self) -> list[Session]:
        return [each for each in self.model.sessions if each.end > self.model.now - LIVE]

    def session(self, n: int, fit: Callable[[Session], bool] = lambda _session: True) -> Session | None:
        """One of those that ``fit``, mostly; any other one to be refused."""
        live = self.live()
        fitting = [each for each in live if fit(each)]
        return pick(n // 5, live if n % 5 == 0 else fitting)

    def place(self, n: int, *states: str) -> Place | None:
        live = [place for session in self.live() for place in session.places]
        fitting = [place for place in live if place.state in states]
        return pick(n // 5, live if n % 5 == 0 else fitting)

    def row(self, session: Session) -> Row:
        [found] = SESSION(self.keys[session])
        return found

    def slot_row(self, slot: Slot) -> SlotRow:
        [found] = SLOT(self.keys[slot])
        return found

    def registration(self, place: Place) -> Registration:
        self.touched.add(place.session)
        self.know()
        [found] = REGISTRATION(self.keys[place])
        return found

    def know(self) -> None:
        """Find the rows of places that the model made."""
        for session in self.touched:
            known = {self.keys[place] for place in session.places if place in self.keys}
            fresh = {place.person.number: place for place in session.places if place not in self.keys}
            if fresh:
                for each in REGISTRATIONS(self.keys[session]):
                    if each.pk not in known and (place := fresh.get(rows.number(each.email))):
                        self.keys[place] = each.pk

    # --- doing --------------------------------------------------------------------------------------
    def both(self, said: Callable[[], Any], done: Callable[[], Any], *sessions: Session) -> bool:
        """Whether Escale did it. The model speaks first; a refusal changes nothing."""
        self.touched |= set(sessions)
        self.calls += 1
        refusal, before = _refusal(said), ""
        if refusal is No:
            before = rows.fingerprint(whole=self.wholly())
        refused = _refuses(done)
        assert refused == bool(refusal), f"Escale {'refuses' if refused else 'does'} what it should not"
        if refusal is No:
            assert rows.fingerprint(whole=len(before) > 200) == before, "a refusal that changed something"
        self.refused += refused
        self.know()
        return not refused

    def check(self) -> None:
        for session in self.touched:
            rows.check(self, session)
        self.touched = set()

    def owed_of(self, session: Session) -> Iterator[tuple[Any, int]]:
        places = set(session.places)
        return ((what, count) for what, count in self.model.owed.items() if what[0] in places)

    def proves(self, place: Place) -> bool:
        return place.session.activity in self.model.trainings

    def wholly(self) -> bool:
        """Whether every row is compared before and after this refusal, or the counts only."""
        return self.refused % 40 == 0


def pick(n: int, found: list[T]) -> T | None:
    return found[n % len(found)] if found else None


def _refusal(said: Callable[[], Any]) -> type[No] | None:
    try:
        said()
    except No as refusal:
        return type(refusal)
    return None


def _refuses(done: Callable[[], Any]) -> bool:
    try:
        done()
    except DomainError:
        return True
    return False
