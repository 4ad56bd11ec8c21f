"""What a mail says is what stands when the seat is taken, not what was read before."""

import pytest

from events.domain.registration import register
from events.domain.sessions import save_session, stored_times
from events.models import Message, Session
from tests.factories import make_person, make_session

pytestmark = pytest.mark.django_db


def test_a_session_edited_after_it_was_read_is_told_as_it_is_now() -> None:
    read = make_session(city="Le Havre")
    edited = Session.objects.get(pk=read.pk)
    edited.city = "Fécamp"
    save_session(session=edited, slots=stored_times(edited), by=None)

    register(session=read, person=make_person())

    message = Message.objects.get()
    assert "Fécamp" in message.body
    assert "Le Havre" not in message.body
    assert Session.objects.get(pk=read.pk).seats_taken == 1
