"""Calendar files, read back by a parser: right times, stable names, nothing forged."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar, Event

from events.domain.calendars import cancellation, request, session_calendar
from events.domain.mails import build
from events.domain.registration import move, withdraw
from events.domain.sessions import SlotTimes, cancel_session, save_session
from events.models import Message, Session
from tests.factories import make_activity, make_admin, make_organisation, make_registration, make_session

pytestmark = [pytest.mark.today(2026, 11, 20, 12), pytest.mark.django_db, pytest.mark.one_engine]
PARIS = ZoneInfo("Europe/Paris")


def evening(year: int, month: int, day: int, hour: int = 19) -> SlotTimes:
    start = datetime(year, month, day, hour, tzinfo=PARIS)
    return SlotTimes(start, start + timedelta(hours=2))


def events(text: str) -> list[Event]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("times", "offset"),
    [
        (evening(2026, 7, 16), 2),
        (evening(2026, 12, 17), 1),
        (evening(2027, 3, 27), 1),
        (evening(2027, 3, 28), 2),
        (evening(2026, 10, 24), 2),
        (evening(2026, 10, 25), 1),
    ],
)
def test_19_h_stays_19_h_in_every_season_and_across_both_clock_changes(times, offset):
    text = session_calendar(session=make_session(slots=[times]))
    assert f"DTSTART;TZID=Europe/Paris:{times.starts_at:%Y%m%d}T190000" in unfolded(text)
    [event] = events(text)
    assert event["dtstart"].dt == times.starts_at
    assert event["dtstart"].dt.utcoffset() == timedelta(hours=offset)
    assert event["dtend"].dt == times.ends_at


def test_the_time_zone_is_described_by_its_two_rules():
    [zone] = Calendar.from_ical(session_calendar(session=make_session())).walk("VTIMEZONE")
    described = zone.to_tz(lookup_tzid=False)
    for moment, offset in [
        (datetime(2026, 7, 16, 19), 2),
        (datetime(2026, 12, 17, 19), 1),
        (datetime(2027, 3, 28, 4), 2),
        (datetime(2026, 10, 25, 4), 1),
    ]:
        assert moment.replace(tzinfo=described).utcoffset() == timedelta(hours=offset)
    assert "RDATE" not in session_calendar(session=make_session())


def test_each_slot_is_an_event_with_a_name_of_its_own():
    session = make_session(slots=[evening(2027, 4, 25, 9), evening(2027, 4, 25, 14), evening(2027, 4, 26)])
    names = [event["uid"] for event in events(session_calendar(session=session))]
    assert len(set(names)) == 3


def test_a_moved_slot_keeps_its_name_and_raises_the_sequence():
    session = make_session(slots=[evening(2027, 4, 25)])
    [before] = events(session_calendar(session=session))
    session = save_session(session=session, slots=[evening(2027, 5, 9)], by=None)
    [after] = events(request(session=session, attendee="a@example.org"))
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == evening(2027, 5, 9).starts_at


def test_an_invitation_names_who_invites_and_who_is_invited():
    organisation = make_organisation(short_name='CPTS "Sextant"; Le Havre', email="contact@cpts.example.org")
    session = make_session(make_activity(organisation))
    text = request(session=session, attendee="camille@example.org")
    [event] = events(text)
    assert Calendar.from_ical(text)["method"] == "REQUEST"
    assert event["status"] == "CONFIRMED"
    assert event["organizer"] == "mailto:contact@cpts.example.org"
    assert event["organizer"].params["CN"] == "CPTS ’Sextant’; Le Havre"
    assert event["attendee"] == "mailto:camille@example.org"
    assert event["url"].endswith(f"/sessions/{session.pk}/")


def test_the_public_file_invites_nobody_and_keeps_the_online_link():
    session = make_session(online_url="https://visio.example.org/secret")
    public = session_calendar(session=session)
    assert "ATTENDEE" not in public
    assert "secret" not in public
    theirs = "".join(unfolded(request(session=session, attendee="a@example.org")))
    assert "https://visio.example.org/secret" in theirs


def test_a_cancelled_session_is_cancelled_in_calendars():
    session = cancel_session(session=make_session(), reason="Grève", by=None)
    [event] = events(session_calendar(session=session))
    assert event["status"] == "CANCELLED"
    [event] = events(cancellation(session=session, attendee="a@example.org"))
    assert event["status"] == "CANCELLED"
    assert event["sequence"] == 1


def test_whoever_withdraws_loses_the_event_although_the_session_stands():
    [event] = events(cancellation(session=make_session(), attendee="a@example.org"))
    assert event["status"] == "CANCELLED"


def test_no_text_forges_a_line_and_no_line_is_too_long():
    session = make_session(
        title="Pause\r\nATTENDEE:mailto:x@example.org",
        place_name="Salle A; 1er étage, porte B\\" + "é" * 100,
        address="\nBEGIN:VEVENT",
        access="Tram\nSUMMARY:autre 🌊",
    )
    text = session_calendar(session=session)
    assert "ATTENDEE" not in {line.split(":")[0] for line in text.split("\r\n")}
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    [event] = events(text)
    assert event["location"].startswith("Salle A; 1er étage, porte B\\éé")
    assert event["summary"].endswith("Pause ATTENDEE:mailto:x@example.org")


def test_a_calendar_of_a_stored_session_takes_few_queries(django_assert_num_queries):
    pk = make_session(slots=[evening(2027, 4, 25, 9), evening(2027, 4, 25, 14)]).pk
    session = Session.objects.select_related("activity__organisation").get(pk=pk)
    with django_assert_num_queries(1):
        session_calendar(session=session)


def test_the_stamp_is_in_utc():
    [event] = events(session_calendar(session=make_session()))
    assert abs(event["dtstamp"].dt - timezone.now()) < timedelta(minutes=1)
    assert event["dtstamp"].to_ical().endswith(b"Z")


def test_a_mail_of_several_slots_carries_one_file_for_each_and_each_with_its_method():
    slots = [evening(2027, 4, 25, 9), evening(2027, 4, 25, 14), evening(2027, 4, 26)]
    session = make_session(slots=slots)
    registration = make_registration(session)
    save_session(session=session, slots=slots[:2], by=None)
    first, moved = (
        build(Message.objects.get(registration=registration, kind=kind)) for kind in ("confirmed", "moved")
    )
    assert [name for name, *_ in first.attachments] == [f"invitation-{n}.ics" for n in (1, 2, 3)]
    assert [name for name, *_ in moved.attachments] == [
        "invitation-1.ics",
        "invitation-2.ics",
        "annulation.ics",
    ]
    read = [Calendar.from_ical(content) for _name, content, _kind in moved.attachments]
    assert [one["method"] for one in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert all(len(one.events) == 1 for one in read)  # RFC 5546, 3.2.2 and 3.2.5
    assert {int(one.events[0]["sequence"]) for one in read} == {1}
    [gone] = read[2].events
    assert gone["uid"] == Calendar.from_ical(first.attachments[2][1]).events[0]["uid"]
    assert gone["status"] == "CANCELLED"
    [alternative] = moved.alternatives
    assert alternative[1] == "text/calendar; method=REQUEST"


@pytest.mark.parametrize("kind", ["request", "cancellation"])
def test_what_is_mailed_holds_what_mail_programs_ask_for(kind):
    made = {"request": request, "cancellation": cancellation}[kind]
    session = make_session(title="Pause " + "très longue " * 9, slots=[evening(2027, 4, 25)])
    text = made(session=session, attendee="camille@example.org")
    [event] = events(text)
    for name in (
        "uid",
        "dtstamp",
        "sequence",
        "organizer",
        "attendee",
        "summary",
        "dtstart",
        "dtend",
        "status",
    ):
        assert name in event, name
    assert {key: str(event["attendee"].params[key]) for key in ("RSVP", "PARTSTAT", "ROLE")} == {
        "RSVP": "FALSE",
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
    }
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize("act", ["withdraw", "move", "by the coordination"])
def test_whoever_loses_a_place_has_it_taken_back(act):
    session = make_session()
    registration = make_registration(session)
    if act == "withdraw":
        withdraw(registration=registration)
        message = Message.objects.get(registration=registration, kind="withdrawn")
    elif act == "move":  # to a full session: a rank in its waiting list
        other = make_session(session.activity, days=20, capacity=1)
        make_registration(other)
        entered = move(registration=registration, session=other, by=make_admin())
        assert entered.state == "waitlisted"
        message = Message.objects.get(registration=entered, kind="transferred")
    else:
        withdraw(registration=registration, by=make_admin())
        message = Message.objects.get(registration=registration, kind="withdrawn_by_staff")
    [calendar] = Calendar.from_ical(message.calendar, multiple=True)
    assert (calendar["method"], calendar.events[0]["status"]) == ("CANCEL", "CANCELLED")
    assert str(calendar.events[0]["uid"]).startswith(str(session.uid))
