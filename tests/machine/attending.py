"""What follows a session: sheets, certificates, opinions."""

from datetime import timedelta
from typing import Any

from certificates.domain import closing, issuing
from events.domain import attendance, survey
from events.domain.attendance.one_mark import sync_one
from events.models import SurveyInvitation
from tests.machine.ground import Ground, pick
from tests.machine.model import Person, Place, Session, Slot
from tests.machine.record import OF_TRAININGS, PRESENCE


class Attending(Ground):
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

    def _marking(self, n: int, m: int, k: int) -> tuple[Session, Slot, Place, str, int | None] | None:
        found = self.slot(n, closed=False)
        if not found:
            return None
        session, slot = found
        place = pick(m // 7, session.places if m % 7 == 0 else session.holding("confirmed"))
        if place is None:
            return None
        state = ("present", "present", "late", "left", "absent", "excused")[k % 6]
        minutes = (None, None, 30, 90, 0, 121)[k // 6 % 6]
        if state not in ("late", "left") and k % 50 != 4:
            minutes = None
        return session, slot, place, state, minutes

    def mark(self, n: int, m: int, k: int) -> None:
        if not (found := self._marking(n, m, k)):
            return
        session, slot, place, state, minutes = found
        row, key = self.slot_row(slot), self.keys[place]
        spent = {} if minutes is None else {key: minutes}
        self.both(
            lambda: self.model.mark(session, slot, place, state, minutes),
            lambda: attendance.mark(slot=row, marks={key: state}, minutes=spent, by=self.by),
            session,
        )

    def tap(self, n: int, m: int, k: int) -> None:
        """One mark of a phone, which saw what stands, or what stood."""
        if not (found := self._marking(n, m, k)):
            return
        session, slot, place, state, minutes = found
        seen = slot.marks.get(place, ("", None)) if k % 5 else (("", "present", "left")[k // 5 % 3], None)
        sent = attendance.SeenMark(self.keys[place], state, minutes, *seen)
        self.both(
            lambda: self.model.tap(session, slot, place, state, minutes, seen=seen),
            lambda: sync_one(slot=self.keys[slot], mark=sent, by=self.by),
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
        who = self.person(m) if m % 4 == 0 else pick(m // 4, places)
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
        return self.place(n) if n % 6 == 0 else pick(n // 6, places)

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
        place = pick(n, asked)
        if place is None:
            return
        self.touched.add(place.session)
        row = SurveyInvitation.objects.get(registration=self.keys[place], survey__moment="after")
        score = m % 12
        values = {"note": score, "utile": 1 + k % 5, "mot": f"Mot de personne {k}" if k % 2 else ""}
        self.both(
            lambda: self.model.answer(place, score), lambda: survey.answer(invitation=row, values=values)
        )
