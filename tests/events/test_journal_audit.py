"""Who did what to which registration, sheet, certificate, export, permission: each leaves its line."""

from collections.abc import Callable
from typing import Any

import pytest

from certificates.domain.closing import close_sheet
from events.domain.attendance import mark
from events.domain.registration import approve, decline, move, promote, register, withdraw
from events.domain.sessions import cancel_session, publish_session
from events.models import Attendance, JournalEntry, Session
from members.domain.coordination import end_coordination
from members.domain.organisations import name_coordinator
from members.models import Membership
from tests import factories
from tests.access_world import Place, client_of, open_place

pytestmark = pytest.mark.django_db
Done = Callable[[Place], Any]


@pytest.fixture
def place() -> Place:
    return open_place("a", "Alpha")


def asked(place: Place, action: Callable[..., Any], **facts: Any) -> None:
    """Decide about somebody who asked for a session on approval."""
    session = factories.make_session(place.upcoming.activity, title="Sur demande", approval=True)
    registration = factories.make_registration(session)
    action(registration=registration, by=place.coordinator, **facts)


def promoted(place: Place) -> None:
    waiting = place.upcoming.registrations.get(state="waitlisted")
    promote(registration=waiting, reason="Urgence", by=place.coordinator)


def moved(place: Place) -> None:
    other = factories.make_session(place.upcoming.activity, title="Une autre")
    move(registration=place.confirmed, session=other, by=place.coordinator)


def noted(place: Place) -> None:
    registration = place.past.registrations.first()
    marks = {registration.pk: Attendance.State.PRESENT}
    mark(slot=place.past.slots.get(), marks=marks, by=place.coordinator)


def drafted(place: Place) -> None:
    draft = factories.make_session(place.upcoming.activity, title="Prête", status=Session.Status.DRAFT)
    publish_session(session=draft, by=place.coordinator)


def ended(place: Place) -> None:
    end_coordination(membership=Membership.objects.get(user=place.coordinator), by=place.coordinator)


DONE: dict[str, Done] = {
    "escale.register": lambda place: register(
        session=factories.make_session(place.upcoming.activity, title="Autre"),
        person=factories.make_person(),
        by=place.coordinator,
    ),
    "escale.approve": lambda place: asked(place, approve),
    "escale.decline": lambda place: asked(place, decline, reason="Complet"),
    "escale.promote": promoted,
    "escale.transfer": moved,
    "escale.withdraw": lambda place: withdraw(registration=place.confirmed, by=place.coordinator),
    "escale.publish": drafted,
    "escale.cancel": lambda place: cancel_session(
        session=place.upcoming, reason="Neige", by=place.coordinator
    ),
    "escale.attendance": noted,
    "escale.close_sheet": lambda place: close_sheet(slot=place.past.slots.get(), by=place.coordinator),
    "escale.export": lambda place: client_of(place.coordinator).get(
        f"/animation/{place.past.pk}/participants.csv"
    ),
    "escale.edit": ended,
}


@pytest.mark.parametrize("action", DONE)
def test_what_is_done_is_on_the_record(place: Place, action: str) -> None:
    before = JournalEntry.objects.filter(action=action).count()
    DONE[action](place)
    entries = JournalEntry.objects.filter(action=action, user=place.coordinator).order_by("-pk")
    assert JournalEntry.objects.filter(action=action).count() > before
    entry = entries[0]
    assert entry.organisation_id == place.organisation.pk
    written = f"{entry.label} {entry.data}"
    assert "Alpha-" not in written
    assert "@" not in written


def test_a_certificate_is_on_the_record_with_who_closed_the_sheet(place: Place) -> None:
    entry = JournalEntry.objects.filter(action="escale.issue").get()
    assert entry.user == place.coordinator
    assert entry.session_id == place.certificate.registration.session_id


def test_naming_somebody_is_on_the_record(place: Place) -> None:
    user = factories.make_user()
    name_coordinator(organisation=place.organisation, user=user, by=place.coordinator)
    entry = JournalEntry.objects.filter(data__coordinator_named=user.pk).get()
    assert (entry.user, entry.organisation_id) == (place.coordinator, place.organisation.pk)
