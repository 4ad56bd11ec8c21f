"""Whatever happens in whatever order, seats, ranks and promotions stay right (DESIGN §5, 1 to 3)."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import DomainError
from events.domain.registration import (
    accept_offer,
    approve,
    decline,
    decline_offer,
    expire_offers,
    fill_due,
    move,
    promote,
    register,
    withdraw,
)
from events.domain.registration.seating import may_promote
from events.domain.sessions import SlotTimes, save_session
from events.domain.upkeep import wrong_counters
from events.domain.waiting import eligible, queue, waiting_position, with_position
from events.models import ACTIVE_STATES, ActivityPage, JournalEntry, Registration, Session
from members.models import User
from tests.clock import Clock
from tests.factories import make_activity, make_person, make_session, make_user

pytestmark = pytest.mark.django_db
State = Registration.State
PEOPLE, CROWD = 6, 5
# What frees or takes a seat comes often; what ends the play (the session begins) seldom.
STEPS = (
    *("register",) * 4,
    *("withdraw",) * 5,
    *("approve", "accept", "refuse") * 2,
    *("decline", "promote", "move", "add", "more", "fewer", "hours", "days"),
)
RULES = st.fixed_dictionaries(
    {
        "approval": st.sampled_from([False, False, True]),
        "promotion": st.sampled_from(["automatic", "offer"]),
        "promotion_cutoff_hours": st.sampled_from([0, 0, 48]),
        "offer_hours": st.sampled_from([1, 12]),
        "waiting_list": st.sampled_from([True, True, True, False]),
        "members_first_days": st.sampled_from([None, None, 3]),
        "overbooking_percent": st.sampled_from([0, 50]),
    }
)
PLAY = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, PEOPLE - 1)), min_size=20, max_size=20)


class Desk:
    """Two sessions of one activity, eight people, and a clock: each step is one call to a rule."""

    def __init__(self, activity: ActivityPage, by: User, clock: Clock, rules: dict[str, object]) -> None:
        days = rules.pop("members_first_days")
        until = timezone.now() + timedelta(days=days) if days else None
        self.session = make_session(activity, days=8, capacity=2, members_first_until=until, **rules)
        self.other = make_session(activity, days=20, capacity=2)
        self.by, self.clock = by, clock
        self.people = [
            make_person(i, email=f"p{i}@example.org", is_member=bool(i % 2)) for i in range(PEOPLE)
        ]

    def step(self, name: str, i: int) -> None:
        try:
            with transaction.atomic():
                self._step(name, i)
        except DomainError:
            pass  # a rule that says no has changed nothing, which ``check`` proves
        if name in ("accept", "refuse"):
            expire_offers()  # a late answer's own effect was rolled back with our savepoint

    def _step(self, name: str, i: int) -> None:
        person = self.people[i]
        known = Registration.objects.filter(session=self.session, user__email=person.email).last()
        if name in ("register", "add"):
            register(session=self.session, person=person, by=self.by if name == "add" else None)
        elif name in ("more", "fewer"):
            self._resize(1 if name == "more" else -1)
        elif name in ("hours", "days"):
            self.clock.move(hours=5 if name == "hours" else 40)
            expire_offers()
            fill_due()
        elif known is not None:
            self._decide(name, known)

    def _decide(self, name: str, known: Registration) -> None:
        rules = {
            "withdraw": lambda: withdraw(registration=known),
            "approve": lambda: approve(registration=known, by=self.by),
            "decline": lambda: decline(registration=known, by=self.by),
            "accept": lambda: accept_offer(registration=known),
            "refuse": lambda: decline_offer(registration=known),
            "promote": lambda: promote(registration=known, reason="essai", by=self.by),
            "move": lambda: move(registration=known, session=self.other, by=self.by),
        }
        rules[name]()

    def _resize(self, by: int) -> None:
        self.session.refresh_from_db()
        self.session.capacity = max(1, self.session.capacity + by)
        slot = self.session.slots.get()
        save_session(session=self.session, slots=[SlotTimes(slot.starts_at, slot.ends_at)], by=None)

    def beyond(self) -> list[int]:
        """People beyond the seats, which only a promotion out of turn or a lowered capacity may add."""
        sessions = (self.session, self.other)
        return [Session.objects.get(pk=session.pk).excess for session in sessions]

    def check(self) -> None:
        for session in (self.session, self.other):
            session.refresh_from_db()
            states = Counter(session.registrations.values_list("state", flat=True))
            assert session.seats_taken == states["confirmed"] + states["offered"]
            assert session.waiting == states["waitlisted"]
            assert session.seats_taken <= session.seats + session.excess
            assert session.excess == max(0, session.seats_taken - session.seats)
            active = session.registrations.filter(state__in=ACTIVE_STATES)
            assert not [n for n in Counter(active.values_list("user", flat=True)).values() if n > 1]
            if may_promote(session) and session.seats_taken < session.seats:
                assert not eligible(session).exists(), "a seat is free and somebody eligible waits"
            line = list(queue(session))
            assert [waiting_position(each) for each in line] == list(range(1, len(line) + 1))
            listed = {each.pk: each.position for each in with_position(session.registrations.all())}
            assert [listed[each.pk] for each in line] == list(range(1, len(line) + 1))
            assert all(each.waited for each in line)
            offered = session.registrations.filter(state=State.OFFERED)
            assert all(each.offered_until for each in offered)
            assert not session.registrations.exclude(state=State.OFFERED).exclude(offered_until=None).exists()
        assert wrong_counters() == []
        for entry in JournalEntry.objects.filter(action__in=("escale.promote", "escale.offer")):
            assert entry.data["reason"]


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ActivityPage, User, Clock]]:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return make_activity(), make_user(), clock


def test_seats_and_ranks_stay_right_whatever_happens(ground: tuple[ActivityPage, User, Clock]) -> None:
    activity, by, clock = ground
    start = clock()

    @settings(max_examples=12)
    @given(rules=RULES, play=PLAY)
    def run(rules: dict[str, object], play: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            clock.time = start
            desk = Desk(activity, by, clock, dict(rules))
            for name, i in [*(("register", i) for i in range(CROWD)), *play]:
                beyond = desk.beyond()
                desk.step(name, i)
                desk.check()
                if name not in ("promote", "fewer"):
                    assert all(now <= before for now, before in zip(desk.beyond(), beyond, strict=True))
            transaction.set_rollback(True)

    run()
