"""Whom the coordination can no longer withdraw or move."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.registration import move, withdraw
from events.models import JournalEntry, Message, Registration, Session
from tests.factories import make_admin, make_registration, make_session

pytestmark = pytest.mark.django_db


def told(registration: Registration) -> list[str]:
    """Of what kinds its messages are, once its row is read again."""
    registration.refresh_from_db()
    return list(Message.objects.filter(registration=registration).values_list("kind", flat=True))


def test_nobody_is_withdrawn_from_a_session_whose_sheets_are_closed() -> None:
    registration = make_registration(make_session(days=-2))
    Session.objects.filter(pk=registration.session_id).update(
        completed_at=timezone.now() - timedelta(hours=1)
    )
    with pytest.raises(DomainError, match="clos"):
        withdraw(registration=registration, by=make_admin())
    assert told(registration) == []
    assert registration.state == Registration.State.CONFIRMED


def test_somebody_who_has_left_is_not_moved_to_another_date() -> None:
    registration = make_registration(make_session())
    target = make_session(registration.session.activity)
    Registration.objects.filter(pk=registration.pk).update(state=Registration.State.WITHDRAWN)
    registration.refresh_from_db()
    with pytest.raises(DomainError, match="n’est plus active"):
        move(registration=registration, session=target, by=make_admin())
    assert told(registration) == ["confirmed"]
    assert registration.state == Registration.State.WITHDRAWN
    assert not target.registrations.exists()
    assert not JournalEntry.objects.filter(action="escale.transfer").exists()
