"""The product beside its model: one call of a rule on each, then both have to say the same."""

import random
from datetime import UTC, datetime, timedelta

from common.errors import DomainError
from events.domain import imports, message_rules
from events.models import MessageRule
from events.models import Session as Row
from members.models import User
from pages.domain.erasure import Reason, erase
from pages.domain.retention import purge_once_a_night
from tests.clock import Clock
from tests.events.import_files import csv_file, line
from tests.machine import rows
from tests.machine.attending import Attending
from tests.machine.model import PARIS, Slot
from tests.machine.registering import Registering


class World(Registering, Attending):
    """Everything that may happen; the numbers that each is given are any at all."""

    def __init__(self, clock: Clock, seed: int) -> None:
        super().__init__(clock, seed)
        chance = random.Random(f"sessions {seed}")
        for n in (chance.randrange(10**6) for _ in range(2)):
            self.create(n, n // 7, n // 31)

    def end(self) -> None:
        """Years later, nothing names anybody."""
        # The default of this one field is the true clock, whatever ours says.
        User.objects.filter(date_joined__gt=self.model.now).update(date_joined=self.model.now)
        self._go(self.model.now + timedelta(days=8 * 366))
        assert purge_once_a_night()
        rows.check_forgotten(set(range(self.numbers + 1)))

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

    def switch(self, n: int, m: int, k: int) -> None:
        """A message rule switched on or off, or to what it is."""
        if not self.rules:
            return
        pk = list(self.rules)[n % len(self.rules)]
        active, row = m % 3 > 0, MessageRule.objects.get(pk=pk)
        self.both(
            lambda: self.model.switch(self.rules[pk], active=active),
            lambda: message_rules.switch(rule=row, active=active, by=self.by),
        )

    def minute(self, n: int, m: int, k: int) -> None:
        """What each minute does for seats, and the messages that speak by themselves."""
        self.calls += 1
        self.model.run_due()
        self.model.speak()
        rows.seats_due()
        rows.words_due()
        self.touched |= set(self.live())

    def run_due(self, n: int, m: int, k: int) -> None:
        """All that each minute does, mails and the night's purge with it: ten times as long."""
        self.calls += 1
        self.model.run_due()
        self.model.unseal()
        self.model.speak()
        rows.run_due(mails=(5, 20, 80)[n % 3])
        self.touched |= set(self.live())


# How often each, of a hundred or so.
OPERATIONS = {
    "register": 22, "register_by_staff": 4, "register_many": 4, "withdraw": 12,
    "approve": 3, "decline": 1, "promote": 2, "accept": 3, "refuse": 2, "move": 3,
    "create": 3, "publish": 1, "cancel": 1, "resize": 5, "reschedule": 2,
    "mark": 4, "tap": 5, "walk_in": 2, "close": 4, "correct": 3, "issue": 2, "revoke": 1, "answer": 5,
    "bring_in": 1, "erase": 1, "tick": 6, "switch": 1, "minute": 5, "run_due": 1,
}  # fmt: skip


def _up(moment: datetime) -> datetime:
    """To a whole half-hour, on which the model counts."""
    return moment + timedelta(minutes=-moment.minute % 30)
