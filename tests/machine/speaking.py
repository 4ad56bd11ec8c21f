"""The reference model, last part: what an organisation says by itself, each at its hour."""

from datetime import date, datetime, time, timedelta

from tests.machine.model import PARIS, UTC, Place, Rule, Session, Slot
from tests.machine.record import CAME, Model

LATE = timedelta(days=7)


class Whole(Model):
    def speak(self) -> None:
        """Each rule, of each slot that stands for its day, to each person that it means, once."""
        for rule in self.rules:
            for session in self.sessions:
                if rule.moment == "registration" or session.status != "published" or session.imported:
                    continue
                for day in {_day(slot.start) for slot in session.slots}:
                    slots = [slot for slot in session.slots if _day(slot.start) == day]
                    slot = slots[0] if rule.moment == "before" else slots[-1]
                    due = _due(rule, slot)
                    if self._is_now(rule, slot, due):
                        self._speak_of(rule, session, slots, due, day)

    def _is_now(self, rule: Rule, slot: Slot, due: datetime) -> bool:
        if not (rule.active and rule.since <= due <= self.now):
            return False
        return slot.start > self.now if rule.moment == "before" else due >= self.now - LATE

    def _speak_of(self, rule: Rule, session: Session, slots: list[Slot], due: datetime, day: date) -> None:
        for place in session.holding(rule.state):
            what = (place, rule.kind, day)
            if what in self.owed:
                continue
            if rule.moment == "after":
                says = _came(place, slots) == (rule.audience == "present")
            else:  # who knows since knows enough
                says = place.since <= due and (place.told is None or place.told <= due)
            if says:
                self.owed[what] = 1

    def switch(self, rule: Rule, *, active: bool) -> None:
        if rule.active != active:
            rule.active = active
            self.journal["escale.message_rule"] += 1
            if active:
                rule.since = self.now


def _came(place: Place, slots: list[Slot]) -> bool | None:
    """None: neither there nor away, by what was marked."""
    marks = [slot.marks[place][0] for slot in slots if place in slot.marks]
    if any(mark in CAME for mark in marks):
        return True
    return False if "absent" in marks else None


def _due(rule: Rule, slot: Slot) -> datetime:
    if rule.moment == "before":
        morning = _at(_day(slot.start) - timedelta(days=rule.days), 9)
        early = morning <= slot.start - timedelta(hours=1)
        return morning if early else _at(_day(slot.start) - timedelta(days=1), 18)
    due = max(_at(_day(slot.end) + timedelta(days=rule.days), 9), slot.end)
    local = due.astimezone(PARIS)
    return due if local.time() <= time(20) else _at(local.date() + timedelta(days=1), 9)


def _day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), PARIS).astimezone(UTC)
