"""A line that somebody typed stays one line: in a header, a mail, a calendar, the name of a file."""

import email
import email.policy

import pytest
from django.test import Client

from events.domain.outbox import deliver_due
from tests.factories import make_activity, make_organisation, make_registration, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("line", BREAKS, ids=ascii)
def test_a_title_with_a_line_break_adds_no_header_and_no_line(line: str, mailoutbox: list) -> None:
    hostile = f"Café{line}Bcc: victime@example.org{line}ATTENDEE:mailto:victime@example.org"
    activity = make_activity(make_organisation(), title=hostile)
    session = make_session(activity, title=hostile)
    make_registration(session)
    deliver_due()
    assert mailoutbox
    for sent in mailoutbox:
        raw = sent.message().as_bytes()
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        assert "Bcc" not in parsed
        assert not any("victime" in str(address) for address in sent.recipients())
    calendar = Client().get(f"/sessions/{session.pk}/session.ics")
    lines = calendar.content.decode().replace("\r\n ", "").split("\r\n")
    assert not [each for each in lines if each.startswith(("Bcc", "ATTENDEE"))]
    assert "\r" not in "".join(lines).replace("\r\n", "")
    assert "\n" not in calendar["Content-Disposition"]


@pytest.mark.parametrize(
    "path", ["/compte/login/?next=/%0d%0aSet-Cookie:%20a=b", "/%0d%0aSet-Cookie:%20a=b/"]
)
def test_an_address_with_a_line_break_adds_no_header(path: str) -> None:
    page = Client().get(path)
    assert page.status_code in (200, 301, 302, 404)
    assert "a" not in page.cookies
    assert not any("\n" in value or "\r" in value for value in page.headers.values())


def test_trace_is_not_answered() -> None:
    page = Client().trace("/calendrier/", headers={"x-secret": "canari"})
    assert page.status_code == 405
    assert b"canari" not in page.content
