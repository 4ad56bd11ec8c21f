"""A session that took place, and people who came to it."""

from collections.abc import Callable

import pytest

from certificates.domain import closing
from certificates.models import Certificate
from events.domain.attendance import mark
from events.models import Attendance, Session
from members.models import User
from tests.factories import make_admin, make_registration, make_session


@pytest.fixture
def past_session(db) -> Session:
    return make_session(days=-1)


@pytest.fixture
def admin(db) -> User:
    return make_admin()


@pytest.fixture
def certify(admin: User) -> Callable[..., Certificate]:
    """The certificate of one person present at a session of its own, closed."""

    def make(session: Session | None = None, **person) -> Certificate:
        session = session or make_session(days=-1)
        registration = make_registration(session, **person)
        slot = session.slots.get()
        mark(slot=slot, marks={registration.pk: Attendance.State.PRESENT}, by=admin)
        closing.close_sheet(slot=slot, by=admin)
        return registration.certificates.get()

    return make
