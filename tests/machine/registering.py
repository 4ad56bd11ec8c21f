"""What people and the coordination do before a session: register, wait, decide, move, cancel."""

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from events.domain import registration
from events.domain.sessions import SlotTimes, cancel_session, publish_session, save_session
from events.models import Session as Row
from tests.machine.ground import Ground
from tests.machine.model import ACTIVE, PARIS, Person, Place, Session, Slot


class Registering(Ground):
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
