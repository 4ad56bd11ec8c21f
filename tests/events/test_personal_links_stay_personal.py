"""A personal link acts in a person's name: the coordination reads messages without it."""

import pytest
from django.urls import reverse

from certificates.domain.closing import close_sheet
from certificates.domain.links import download_url
from certificates.models import Certificate
from events.domain.attendance import mark
from events.domain.links import invitation_token, registration_token, registration_url, without_tokens
from events.domain.registration import register
from events.models import Attendance, Message, Session, SurveyInvitation
from tests import factories
from tests.events.test_admin_sessions import coordinator, signed_in

pytestmark = pytest.mark.django_db


def read_in_the_log(session: Session, kind: str) -> str:
    client = signed_in(coordinator(session.activity.organisation))
    message = Message.objects.get(kind=kind)
    return client.get(reverse("messages:inspect", args=[message.pk])).content.decode()


def test_the_log_does_not_open_somebodys_registration() -> None:
    session = factories.make_session()
    registration = register(session=session, person=factories.make_person()).registration
    token = registration_token(registration)
    assert token in Message.objects.get(kind="confirmed").body  # the person has it
    page = read_in_the_log(session, "confirmed")
    assert token not in page
    assert "/inscriptions/(lien-personnel)/" in page


def test_nobody_answers_a_survey_from_the_log_nor_learns_who_answered() -> None:
    session = factories.make_session(days=-1)
    registration = factories.make_registration(session)
    slot = session.slots.get()
    by = factories.make_user()
    mark(slot=slot, marks={registration.pk: Attendance.State.PRESENT}, by=by)
    close_sheet(slot=slot, by=by)
    invitation = SurveyInvitation.objects.get()
    assert invitation_token(invitation) in Message.objects.get(kind="after").body
    page = read_in_the_log(session, "after")
    assert invitation_token(invitation) not in page
    assert download_url(Certificate.objects.get()) not in page
    assert "/avis/(lien-personnel)/" in page


def test_only_tokens_are_hidden() -> None:
    registration = factories.make_registration(factories.make_session())
    url = registration_url(registration)
    plain = "Voir https://exemple.fr/salle/1.2.3/plan, le 1.12.2026"
    assert without_tokens(f"{plain} : {url}?note=8") == (
        f"{plain} : {url.replace(registration_token(registration), '(lien-personnel)')}?note=8"
    )
