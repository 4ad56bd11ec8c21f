"""A sheet that nobody closed reminds who leads: days 1, 4 and 10, at decent hours, once each."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from events.domain import attendance, outbox
from events.domain.sessions import SlotTimes
from events.models import Message, Registration, Session, SessionRole
from tests.factories import make_admin, make_registration, make_session, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.today(2027, 1, 20, 12)]
LEADS = SessionRole.Role.FACILITATOR


def held(days: int, **fields) -> Session:
    """A session that was held ``days`` ago, with one person confirmed."""
    session = make_session(days=-days, **fields)
    make_registration(session)
    return session


def lead(session: Session, role: str = LEADS, **fields):
    user = make_user(**fields)
    SessionRole.objects.create(session=session, role=role, name="Une animatrice", user=user)
    return user


def at(hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(), time(hour, minute)))


def remind(hour: int = 10, **extra) -> int:
    return attendance.remind_open_sheets(now=at(hour), **extra)


def readers() -> list[str]:
    return sorted(Message.objects.filter(kind="sheet_open").values_list("recipient", flat=True))


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, 0), (1, 1), (3, 1), (4, 1), (10, 1), (16, 1), (17, 0), (40, 0)],
)
def test_who_leads_is_reminded_from_the_next_day_for_two_weeks(days, told):
    session = held(days)
    user = lead(session)

    assert remind(19) == told
    assert readers() == [user.email] * told


def test_each_reminder_leaves_once_and_three_in_all():
    session = held(1)
    lead(session)
    sent = []
    for day in range(25):
        sent.append(attendance.remind_open_sheets(now=at(9) + timedelta(days=day)))
        assert attendance.remind_open_sheets(now=at(15) + timedelta(days=day)) == 0

    assert [day + 1 for day, number in enumerate(sent) if number] == [1, 4, 10]
    assert sum(sent) == 3


@pytest.mark.parametrize("hour", [0, 8, 20, 23])
def test_nobody_is_reminded_by_night(hour):
    session = held(1)
    lead(session)

    assert remind(hour) == 0


def test_the_mail_says_which_sheet_and_opens_it():
    session = held(1)
    lead(session, first_name="Dominique")
    remind()

    message = Message.objects.get()
    assert message.subject == f"Feuille d’émargement à clore : {session.activity.title}"
    assert message.body.startswith("Bonjour Dominique,")
    assert f"/emargement/{session.slots.get().pk}/" in message.body
    assert (message.session, message.organisation) == (session, session.activity.organisation)


def test_two_slots_of_a_day_make_one_mail():
    start = at(9) - timedelta(days=1)
    session = make_session(
        slots=[
            SlotTimes(start, start + timedelta(hours=3)),
            SlotTimes(start + timedelta(hours=5), start + timedelta(hours=8)),
        ]
    )
    make_registration(session)
    lead(session)

    assert remind() == 1
    assert all(f"/emargement/{slot.pk}/" in Message.objects.get().body for slot in session.slots.all())


def test_the_organisation_is_reminded_when_nobody_who_leads_has_an_account():
    session = held(1)
    SessionRole.objects.create(session=session, role=LEADS, name="Une sophrologue")
    lead(session, role=SessionRole.Role.SPEAKER)

    remind()
    assert readers() == [session.activity.organisation.email]
    assert Message.objects.get().body.startswith("Bonjour,")


def test_everybody_who_leads_is_reminded():
    session = held(1)
    one, two = lead(session), lead(session, role=SessionRole.Role.TRAINER)

    assert remind() == 2
    assert readers() == sorted([one.email, two.email])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: attendance.close_sheet(slot=s.slots.get(), by=make_admin()),
        lambda s: Session.objects.filter(pk=s.pk).update(status=Session.Status.CANCELLED),
        lambda s: Session.objects.filter(pk=s.pk).update(imported=True),
        lambda s: Registration.objects.filter(session=s).update(state=Registration.State.WITHDRAWN),
    ],
    ids=["closed", "cancelled", "imported", "nobody expected"],
)
def test_what_needs_no_closing_reminds_nobody(spoil):
    session = held(1)
    lead(session)
    spoil(session)

    assert remind() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: attendance.close_sheet(slot=s.slots.get(), by=make_admin()),
        lambda s: Session.objects.filter(pk=s.pk).update(status=Session.Status.CANCELLED),
        lambda s: SessionRole.objects.filter(session=s).delete(),
    ],
    ids=["closed", "cancelled", "role ended"],
)
def test_a_reminder_whose_reason_is_gone_does_not_leave(spoil):
    session = held(1)
    lead(session)
    remind()
    spoil(session)

    outbox.deliver_due()
    assert mail.outbox == []
    assert Message.objects.get(kind="sheet_open").state == Message.State.DROPPED


def test_a_reminder_leaves_as_any_mail():
    session = held(1)
    user = lead(session)
    remind()

    outbox.deliver_due()
    assert [each.to for each in mail.outbox] == [[user.email]]


def test_the_number_of_queries_does_not_grow_with_the_sessions(django_assert_num_queries):
    for number in (1, 3):
        Message.objects.all().delete()
        for _ in range(number):
            lead(held(1))
        with django_assert_num_queries(7):
            remind()
