"""The product beside its model: one call of a rule on each, then both have to say the same."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from certificates.domain import closing, issuing
from common.errors import DomainError
from events.domain import attendance, imports, registration, survey
from events.domain import people as statements
from events.domain.sessions import SlotTimes, cancel_session, publish_session, save_session
from events.models import ActivityPage, ActivitySettings, Registration, SurveyInvitation
from events.models import Session as Row
from events.models import Slot as SlotRow
from members.models import User
from pages.domain.erasure import Reason, erase
from pages.domain.retention import purge_once_a_night
from tests.clock import Clock
from tests.events.import_files import csv_file, line
from tests.factories import make_activity, make_admin, make_organisation, make_training
from tests.machine import rows
from tests.machine.model import ACTIVE, PARIS, No, Person, Place, Session, Slot
from tests.machine.record import OF_TRAININGS, PRESENCE, Model

PROFESSIONS = ("60", "60", "50", "10")
STARTS = ((2017, 3, 20), (2018, 10, 22), (2018, 8, 20), (2019, 12, 16), (2016, 4, 25), (2020, 3, 16))
LIVE = timedelta(days=12)
T = TypeVar("T")


class World:
    """One organisation, three activities, a dozen people; ``n`` of a rule is any number at all."""

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
        self.model = Model(clock.time.astimezone(UTC), limits, {"formation"})
        self.numbers, self.people = 0, list[Person]()
        self.keys: dict[Any, int] = {}  # of sessions, slots and places
        self.erased: list[Person] = []
        self.refused = self.calls = self.numbers_of_imports = 0
        self.sheets: dict[int, str] = {}  # their digests, once and for all
        self.sent_before = rows.Outgoing.sent
        self.owed: dict[Session, dict[Any, None]] = {}
        self.touched: set[Session] = set()
        for _ in range(people):
            self._newcomer()
        for n in (chance.randrange(10**6) for _ in range(2)):
            self.create(n, n // 7, n // 31)

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
        return _pick(n // 5, live if n % 5 == 0 else fitting)

    def place(self, n: int, *states: str) -> Place | None:
        live = [place for session in self.live() for place in session.places]
        fitting = [place for place in live if place.state in states]
        return _pick(n // 5, live if n % 5 == 0 else fitting)

    def row(self, session: Session) -> Row:
        return Row.objects.select_related("activity__organisation").get(pk=self.keys[session])

    def slot_row(self, slot: Slot) -> SlotRow:
        rows = SlotRow.objects.select_related("session__activity__organisation")
        return rows.get(pk=self.keys[slot])

    def registration(self, place: Place) -> Registration:
        self.touched.add(place.session)
        self.know()
        rows = Registration.objects.select_related("session__activity__organisation", "user")
        return rows.get(pk=self.keys[place])

    def know(self) -> None:
        """Find the rows of places that the model made."""
        for session in self.touched:
            known = {self.keys[place] for place in session.places if place in self.keys}
            fresh = {place.person.number: place for place in session.places if place not in self.keys}
            if fresh:
                found = Registration.objects.filter(session=self.keys[session]).order_by("pk")
                for pk, email in found.values_list("pk", "email"):
                    if pk not in known and (place := fresh.get(rows.number(email))):
                        self.keys[place] = pk

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

    def end(self) -> None:
        """Years later, nothing names anybody."""
        # The default of this one field is the true clock, whatever ours says.
        User.objects.filter(date_joined__gt=self.model.now).update(date_joined=self.model.now)
        self._go(self.model.now + timedelta(days=8 * 366))
        assert purge_once_a_night()
        rows.check_forgotten(set(range(self.numbers + 1)))

    def wholly(self) -> bool:
        """Whether every row is compared before and after this refusal, or the counts only."""
        return self.refused % 40 == 0

    def create(self, n: int, m: int, k: int) -> None:
        """Another session to come, each with its own rules."""
        chance = random.Random(n)
        if len([each for each in self.model.sessions if each.start > self.model.now]) > 6:
            return
        activity = chance.choice(("cafe", "cafe", "soirees", "formation"))
        day = self.model.now.astimezone(PARIS) + timedelta(days=1 + m % 20)
        start = day.replace(hour=chance.choice((9, 19)), minute=0).astimezone(UTC)
        hours = range(0, 3 * chance.choice((1, 1, 2)), 3)
        times = [(start + timedelta(hours=h), start + timedelta(hours=h + 2)) for h in hours]
        session = Session(
            activity,
            [Slot(*each) for each in times],
            capacity=chance.choice((1, 2, 2, 3, 6)),
            percent=chance.choice((0, 0, 0, 50, 100)),
            approval=chance.random() < 0.2,
            offers=chance.random() < 0.4,
            cutoff=chance.choice((0, 0, 0, 24)),
            offer_hours=chance.choice((1, 12, 24)),
            queue=chance.random() < 0.85,
            first=start - timedelta(days=chance.choice((1, 2))) if chance.random() < 0.25 else None,
            closes=start - timedelta(hours=6) if chance.random() < 0.15 else None,
            professions=("60", "50") if chance.random() < 0.2 else (),
            status="draft" if chance.random() < 0.1 else "published",
        )
        row = Row(
            activity=self.activities[activity],
            title="Sophrologie",
            city="Le Havre",
            place_name="Maison de santé",
            capacity=session.capacity,
            overbooking_percent=session.percent,
            approval=session.approval,
            promotion="offer" if session.offers else "automatic",
            promotion_cutoff_hours=session.cutoff,
            offer_hours=session.offer_hours,
            waiting_list=session.queue,
            members_first_until=session.first,
            closes_at=session.closes,
            professions=list(session.professions),
            status=session.status,
        )
        stored = save_session(session=row, slots=[SlotTimes(*each) for each in times], by=self.by)
        self.model.sessions.append(session)
        self.model.journal["escale.create"] += 1
        self.keys[session] = stored.pk
        for slot, each in zip(session.slots, stored.slots.order_by("starts_at"), strict=True):
            self.keys[slot] = each.pk
        self.touched.add(session)
        self.calls += 1

    # --- people -------------------------------------------------------------------------------------
    def register(self, n: int, m: int, k: int) -> None:
        person, session = self.person(n), self.session(m, lambda each: each.start > self.model.now)
        if session:
            self._register(person, session, staff=False)

    def register_by_staff(self, n: int, m: int, k: int) -> None:
        person, session = self.person(n), self.session(m, lambda each: each.end > self.model.now)
        if session:
            self._register(person, session, staff=True)

    def _register(self, person: Person, session: Session, *, staff: bool) -> None:
        row, by = self.row(session), self.by if staff else None
        self.both(
            lambda: self.model.register(person, session, staff=staff),
            lambda: registration.register(session=row, person=self.statement(person), by=by),
            session,
        )

    def register_many(self, n: int, m: int, k: int) -> None:
        first = self.session(m, lambda each: each.start > self.model.now)
        if not first:
            return
        near = [each for each in self.live() if each.activity == first.activity and each is not first]
        sessions, person = [first, *random.Random(k).sample(near, min(len(near), 1 + k % 2))], self.person(n)
        found = [self.row(session) for session in sessions]
        self.both(
            lambda: self.model.register_many(person, sessions),
            lambda: registration.register_many(sessions=found, person=self.statement(person)),
            *sessions,
        )

    def _decide(self, place: Place | None, name: str, rule: Callable[..., Any], **facts: Any) -> None:
        if place:
            said = getattr(self.model, name)
            own = {"staff": "by" in facts} if name == "withdraw" else {}
            found = self.registration(place)
            self.both(lambda: said(place, **own), lambda: rule(registration=found, **facts))

    def withdraw(self, n: int, m: int, k: int) -> None:
        staff = {"by": self.by} if k % 3 == 0 else {}
        states = ("confirmed", "offered") if m % 2 else ACTIVE
        self._decide(self.place(n, *states), "withdraw", registration.withdraw, **staff)

    def approve(self, n: int, m: int, k: int) -> None:
        self._decide(self.place(n, "pending"), "approve", registration.approve, by=self.by)

    def decline(self, n: int, m: int, k: int) -> None:
        self._decide(self.place(n, "pending"), "decline", registration.decline, by=self.by)

    def promote(self, n: int, m: int, k: int) -> None:
        place = self.place(n, "waitlisted", "offered", "pending")
        self._decide(place, "promote", registration.promote, by=self.by, reason="Elle vient de loin")

    def accept(self, n: int, m: int, k: int) -> None:
        self._decide(self.place(n, "offered"), "accept", registration.accept_offer)

    def refuse(self, n: int, m: int, k: int) -> None:
        self._decide(self.place(n, "offered"), "refuse", registration.decline_offer)

    def move(self, n: int, m: int, k: int) -> None:
        place, target = self.place(n, *ACTIVE), self.session(m, lambda each: each.start > self.model.now)
        if place and target:
            found, row = self.registration(place), self.row(target)
            self.both(
                lambda: self.model.move(place, target),
                lambda: registration.move(registration=found, session=row, by=self.by),
                target,
            )

    # --- the session --------------------------------------------------------------------------------
    def publish(self, n: int, m: int, k: int) -> None:
        session = self.session(n, lambda each: each.status == "draft")
        if session:
            row = self.row(session)
            self.both(
                lambda: self.model.publish(session), lambda: publish_session(session=row, by=self.by), session
            )

    def cancel(self, n: int, m: int, k: int) -> None:
        session = self.session(n, lambda each: each.start > self.model.now)
        if session:
            row = self.row(session)
            self.both(
                lambda: self.model.cancel(session),
                lambda: cancel_session(session=row, reason="Neige", by=self.by),
                session,
            )

    def resize(self, n: int, m: int, k: int) -> None:
        session = self.session(n, lambda each: each.start > self.model.now)
        if session:
            row = self.row(session)
            row.capacity = max(0, session.capacity + (-2, -1, 1, 1, 2, 4)[m % 6])
            row.overbooking_percent = (session.percent, session.percent, 0, 50, 100, 101)[k % 6]
            times = [SlotTimes(slot.start, slot.end) for slot in session.slots]
            self.both(
                lambda: self.model.resize(session, row.capacity, row.overbooking_percent),
                lambda: save_session(session=row, slots=times, by=self.by),
                session,
            )

    def reschedule(self, n: int, m: int, k: int) -> None:
        session = self.session(n, lambda each: each.start > self.model.now)
        if session:
            row, delta = self.row(session), timedelta(days=(-1, 1, 2, 7)[m % 4])
            times = [SlotTimes(slot.start + delta, slot.end + delta) for slot in session.slots]
            self.both(
                lambda: self.model.reschedule(session, delta),
                lambda: save_session(session=row, slots=times, by=self.by),
                session,
            )

    # --- the sheet ----------------------------------------------------------------------------------
    def slot(self, n: int, *, closed: bool) -> tuple[Session, Slot] | None:
        session = self.session(
            n,
            lambda each: (
                each.start < self.model.now + timedelta(hours=12)
                and each.status == "published"
                and any(bool(slot.sheets) == closed for slot in each.slots)
            ),
        )
        if session is None:
            return None
        fitting = [slot for slot in session.slots if bool(slot.sheets) == closed] or session.slots
        return session, fitting[n % len(fitting)]

    def mark(self, n: int, m: int, k: int) -> None:
        found = self.slot(n, closed=False)
        if not found or not found[0].places:
            return
        session, slot = found
        place = _pick(m // 7, session.places if m % 7 == 0 else session.holding("confirmed"))
        if place is None:
            return
        state = ("present", "present", "late", "left", "absent", "excused")[k % 6]
        minutes = (None, None, 30, 90, 0, 121)[k // 6 % 6]
        if state not in ("late", "left") and k % 50 != 4:
            minutes = None
        row, key = self.slot_row(slot), self.keys[place]
        spent = {} if minutes is None else {key: minutes}
        self.both(
            lambda: self.model.mark(session, slot, place, state, minutes),
            lambda: attendance.mark(slot=row, marks={key: state}, minutes=spent, by=self.by),
            session,
        )

    def walk_in(self, n: int, m: int, k: int) -> None:
        found = self.slot(n, closed=False)
        if found:
            (session, slot), person = found, self.person(m)
            row = self.slot_row(slot)
            self.both(
                lambda: self.model.walk_in(person, session, slot),
                lambda: attendance.welcome_walk_in(slot=row, person=self.statement(person), by=self.by),
                session,
            )

    def close(self, n: int, m: int, k: int) -> None:
        found = self.slot(n, closed=False)
        if found:
            session, slot = found
            row = self.slot_row(slot)
            self.both(
                lambda: self.model.close(session, slot),
                lambda: closing.close_sheet(slot=row, by=self.by),
                session,
            )

    def correct(self, n: int, m: int, k: int) -> None:
        found = self.slot(n, closed=True)
        if not found:
            return
        session, slot = found
        places = [*(slot.sheets[-1] if slot.sheets else ()), *session.holding("confirmed")]
        who = self.person(m) if m % 4 == 0 else _pick(m // 4, places)
        if who is None:
            return
        state = ("present", "late", "left", "absent")[k % 4]
        minutes = (None, 30, 60, 119)[k // 4 % 4] if state in ("late", "left") else None
        row = self.slot_row(slot)
        facts: dict[str, Any] = {"marks": {}, "forgotten": None}
        if isinstance(who, Person):
            facts["forgotten"] = self.statement(who)
        else:
            facts["marks"] = {self.keys[who]: state}
            facts["minutes"] = {} if minutes is None else {self.keys[who]: minutes}
        self.both(
            lambda: self.model.correct(session, slot, who, state, minutes),
            lambda: closing.correct_sheet(slot=row, reason="Feuille relue", by=self.by, **facts),
            session,
        )

    # --- papers and opinions ------------------------------------------------------------------------
    def _attended(self, n: int) -> Place | None:
        places = [place for session in self.live() for place in self.model.attended(session)]
        return self.place(n) if n % 6 == 0 else _pick(n // 6, places)

    def issue(self, n: int, m: int, k: int) -> None:
        place, kind = self._attended(n), (PRESENCE, PRESENCE, *OF_TRAININGS)[m % 4]
        if place:
            found = self.registration(place)
            self.both(
                lambda: self.model.issue(place, kind),
                lambda: issuing.issue(registration=found, kind=kind, by=self.by, mails=True),
            )

    def revoke(self, n: int, m: int, k: int) -> None:
        place, kind = self._attended(n), (PRESENCE, PRESENCE, *OF_TRAININGS)[m % 4]
        if place is None or (place, kind) not in self.model.papers:
            return
        found = self.registration(place).certificates.filter(kind=kind).order_by("version", "pk").last()
        assert found is not None
        self.both(
            lambda: self.model.revoke(place, kind),
            lambda: issuing.revoke(certificate=found, reason="Émise par erreur", by=self.by),
        )

    def answer(self, n: int, m: int, k: int) -> None:
        asked = [
            place
            for each in self.model.surveys.values()
            if each.closes > self.model.now - timedelta(days=2)
            for place, answered in each.answered.items()
            if not answered or n % 8 == 0
        ]
        place = _pick(n, asked)
        if place is None:
            return
        self.touched.add(place.session)
        row = SurveyInvitation.objects.get(registration=self.keys[place], survey__moment="after")
        score = m % 12
        values = {"note": score, "utile": 1 + k % 5, "mot": f"Mot de personne {k}" if k % 2 else ""}
        self.both(
            lambda: self.model.answer(place, score), lambda: survey.answer(invitation=row, values=values)
        )

    # --- the past, forgetting, the clock ------------------------------------------------------------
    def bring_in(self, n: int, m: int, k: int) -> None:
        """A spreadsheet of a session that took place, brought in twice."""
        self.numbers_of_imports += 1
        title, past = f"Atelier {self.numbers_of_imports}", -1 if m % 9 == 0 else 3 + m % 60
        day = (self.model.now.astimezone(PARIS) - timedelta(days=past)).replace(hour=7, minute=0)
        slot = Slot(day.astimezone(UTC), (day + timedelta(hours=1)).astimezone(UTC))
        chosen = random.Random(n).sample(self.people, 1 + n % 5)
        said = {each: ("present", "absent", "present")[(k + each.number) % 3] for each in chosen}
        words = {"present": "Présent", "absent": "Absent"}
        lines = [
            line(
                Date=f"{day:%d/%m/%Y}",
                Horaire="07h00-08h00",
                Atelier=title,
                Places="3",
                Note="",
                Nom=self.statement(each).last_name,
                Prénom=self.statement(each).first_name,
                Courriel=self.statement(each).email,
                Adhérent="Oui" if each.member else "Non",
                Présence=words[state],
            )
            for each, state in said.items()
        ]
        activity = self.activities["cafe"]

        def bring() -> None:
            table = imports.read_rows(csv_file(*lines))
            result = imports.apply(plan=imports.plan(activity=activity, table=table), by=self.by)
            assert not result.failures
            if result.refused:
                raise DomainError("")

        if self.both(lambda: self.model.import_session("cafe", slot, 3, said), bring):
            session = self.model.sessions[-1]
            row = Row.objects.get(imported=True, title=title)
            self.keys[session], self.keys[session.slots[0]] = row.pk, row.slots.get().pk
            self.touched.add(session)
            before = rows.fingerprint(whole=False)
            bring()
            assert rows.fingerprint(whole=False) == before, "the same file again changed something"
            self.know()

    def erase(self, n: int, m: int, k: int) -> None:
        """Somebody asks to be forgotten; somebody new comes in their stead."""
        person = self.person(n)
        user = User.objects.filter(email=self.statement(person).email).first()
        if user is None:
            return
        self.touched = {
            place.session
            for session in self.model.sessions
            for place in session.places
            if place.person is person
        }
        erased = self.both(
            lambda: self.model.erase(person),
            lambda: erase(user=user, by=None, reason=Reason.PERSON),
        )
        if erased:
            self.people.remove(person)
            self.erased.append(person)
            self._newcomer()

    def tick(self, n: int, m: int, k: int) -> None:
        """The clock goes on, also to the very moment at which something ends."""
        self.calls += 1
        now = self.model.now
        moments = [
            *(slot.start for session in self.live() for slot in session.slots),
            *(session.first for session in self.live() if session.first),
            *(place.until for session in self.live() for place in session.places if place.until),
        ]
        to_come = sorted(moment for moment in moments if moment > now)
        if n % 3 == 0 and to_come:
            self._go(_up(to_come[0]))
        else:
            self._go(now + timedelta(minutes=(30, 30, 180, 180, 720, 1440, 2880)[m % 7]))

    def _go(self, moment: datetime) -> None:
        self.model.now, self.model.settled = moment, False
        self.clock.time = moment

    def run_due(self, n: int, m: int, k: int) -> None:
        """What each minute does."""
        self.calls += 1
        self.model.run_due()
        self.model.unseal()
        rows.run_due()
        self.touched |= set(self.live())


# How often each, of a hundred or so.
OPERATIONS = {
    "register": 22, "register_by_staff": 4, "register_many": 4, "withdraw": 12,
    "approve": 3, "decline": 1, "promote": 2, "accept": 3, "refuse": 2, "move": 3,
    "create": 3, "publish": 1, "cancel": 1, "resize": 5, "reschedule": 2,
    "mark": 7, "walk_in": 2, "close": 4, "correct": 4, "issue": 2, "revoke": 1, "answer": 5,
    "bring_in": 1, "erase": 1, "tick": 6, "run_due": 3,
}  # fmt: skip


def _pick(n: int, found: list[T]) -> T | None:
    return found[n % len(found)] if found else None


def _up(moment: datetime) -> datetime:
    """To a whole half-hour, on which the model counts."""
    return moment + timedelta(minutes=-moment.minute % 30)


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
