"""What rules and coordinators write, through a real SMTP server."""

from email.header import decode_header, make_header

import pytest

from events.domain import mailings, message_rules, outbox
from events.models import Message, Registration
from tests.events.test_message_rules import a_day, make_rule
from tests.events.test_smtp import server  # noqa: F401 a fixture
from tests.factories import make_activity, make_organisation, make_registration, make_session, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reminder_and_a_message_arrive_with_the_organisations_name_and_its_address_to_reply(server):  # noqa: F811
    organisation = make_organisation(short_name="CPTS Été", email="contact@cpts.example.org")
    session = make_session(make_activity(organisation, title="Café des Soignants"), days=14)
    make_rule(organisation)
    registration = make_registration(session)
    Registration.objects.update(first_name="Zoé\r\nBcc: tous@example.org")
    registration.refresh_from_db()
    assert message_rules.queue_due(now=a_day(12)) == 1
    mailings.send(
        session=session,
        registrations=[registration],
        subject="Parking : {dispositif} {prenom}",
        body="Bonjour {prenom},",
        by=make_user(),
    )
    Message.objects.filter(kind="confirmed").delete()
    assert outbox.deliver_due() == 2
    for mail in server.received:
        assert mail["To"] == registration.email
        assert mail["Reply-To"] == "contact@cpts.example.org"
        assert "ne-pas-repondre@" in mail["From"]
        assert str(make_header(decode_header(mail["From"]))).startswith("CPTS Été")
        assert mail["Bcc"] is None
    subjects = [str(make_header(decode_header(mail["Subject"]))) for mail in server.received]
    assert subjects == [
        "Rappel : Café des Soignants",
        "Parking : Café des Soignants Zoé Bcc: tous@example.org",
    ]
