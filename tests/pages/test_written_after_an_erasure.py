"""Who writes to people while one of them is erased waits, and then names them nowhere, on either engine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from certificates.domain.closing import close_sheet
from events.domain import mailings, message_rules, outbox
from events.domain.attendance import mark
from events.domain.attendance.signing import sign
from events.domain.registration import register, register_many
from events.domain.survey import inviting
from events.models import ActivitySettings, Message, Registration, Session, Signature
from members.models import User
from pages.domain.erasure import Reason, erase
from tests.clock import paris
from tests.events.test_attendance_race import meanwhile
from tests.events.test_message_rules import a_day, make_rule
from tests.events.test_survey_mails import asks
from tests.factories import make_activity, make_admin, make_person, make_registration, make_session

# In the middle of a season: some of these count what it holds.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.today(2027, 1, 20, 12)]
STROKES = [[0, 0, 300, 100, 500, 400]]
NAME, ADDRESS = "Zénobie", "zenobie@example.org"
Act = Callable[[], object]


def theirs(session: Session) -> Registration:
    return make_registration(session, first_name=NAME, email=ADDRESS)


def erased(registration: Registration) -> None:
    erase(user=User.objects.get(pk=registration.user_id), by=None, reason=Reason.PERSON)


def again() -> tuple[Registration, Act]:
    session = make_session()
    registration = theirs(session)
    return registration, lambda: register(session=session, person=make_person(email=ADDRESS, first_name=NAME))


def again_at_several() -> tuple[Registration, Act]:
    session = make_session()
    both = [session, make_session(session.activity, days=30)]
    registration = theirs(session)
    person = make_person(email=ADDRESS, first_name=NAME)
    return registration, lambda: register_many(sessions=both, person=person)


def once_too_often() -> tuple[Registration, Act]:
    activity = make_activity()
    ActivitySettings.objects.update_or_create(activity=activity, defaults={"season_limit": 1})
    coming = [make_session(activity, days=days) for days in (-1, 1)]  # who came counts for ever
    registration = theirs(coming[0])
    person = make_person(email=ADDRESS, first_name=NAME)
    return registration, lambda: register(session=Session.objects.get(pk=coming[1].pk), person=person)


def several_too_often() -> tuple[Registration, Act]:
    registration, _act = once_too_often()
    coming = list(Session.objects.order_by("starts_at"))
    person = make_person(email=ADDRESS, first_name=NAME)
    return registration, lambda: register_many(sessions=[coming[1]], person=person)


def a_message_to_all() -> tuple[Registration, Act]:
    session = make_session(days=-1)
    registration, admin = theirs(session), make_admin()
    make_registration(session)
    people = mailings.people_of(session)
    text = {"subject": "Merci", "body": "Bonjour {prenom}"}
    return registration, lambda: mailings.send(session=session, registrations=people, by=admin, **text)


def a_trial() -> tuple[Registration, Act]:
    session, admin = make_session(), make_admin()
    registration = theirs(session)
    text = {"subject": "Essai", "body": "Bonjour {prenom}"}
    return registration, lambda: mailings.send_trial(
        session=session, registration=registration, by=admin, **text
    )


def a_rule() -> tuple[Registration, Act]:
    session = make_session(days=14)
    registration = theirs(session)
    make_rule(session.activity.organisation)
    return registration, lambda: message_rules.queue_due(now=a_day(12))


def a_closing() -> tuple[Registration, Act]:
    session, admin = make_session(days=-1), make_admin()
    registration, slot = theirs(session), session.slots.get()
    mark(slot=slot, marks={registration.pk: "present"}, by=admin)
    return registration, lambda: close_sheet(slot=slot, by=admin)


def a_retry() -> tuple[Registration, Act]:
    registration = theirs(make_session())
    Message.objects.update(state=Message.State.FAILED)
    message, admin = Message.objects.get(registration=registration), make_admin()
    return registration, lambda: outbox.retry(message=message, by=admin)


def a_signature() -> tuple[Registration, Act]:
    session, admin = make_session(days=-1), make_admin()
    registration, slot = theirs(session), session.slots.get()
    return registration, lambda: sign(slot=slot, registration=registration, by=admin, strokes=STROKES)


def a_reminder() -> tuple[Registration, Act]:
    day = timezone.localdate() - timedelta(days=3)
    with patch.object(timezone, "now", lambda: paris(day.year, day.month, day.day, 10)):
        session = make_session(asks("before"), days=6)
        registration = theirs(session)
        assert inviting.queue_due() == 1
    today = timezone.localdate()
    return registration, lambda: inviting.queue_due(now=paris(today.year, today.month, today.day, 10))


WRITERS = [
    again,
    again_at_several,
    once_too_often,
    several_too_often,
    a_message_to_all,
    a_trial,
    a_rule,
    a_closing,
    a_retry,
    a_signature,
    a_reminder,
]


def nothing_names_them() -> bool:
    """Whoever registers again afterwards does so under another account, and is told of it."""
    if any(each.strokes for each in Signature.objects.all()):
        return False
    said = Message.objects.exclude(kind="erased").exclude(
        registration__isnull=False, registration__user__erased_at=None
    )
    return not [
        each
        for each in said
        if each.recipient == ADDRESS or NAME in f"{each.subject}{each.body}{each.calendar}"
    ]


@pytest.mark.parametrize("writer", WRITERS)
def test_who_writes_while_they_are_being_erased_says_nothing_of_them(writer: Any) -> None:
    registration, act = writer()
    with meanwhile(act):
        erased(registration)
    assert nothing_names_them()


@pytest.mark.parametrize("writer", WRITERS)
def test_who_is_erased_while_somebody_writes_to_them_is_taken_out_of_it(writer: Any) -> None:
    registration, act = writer()
    with meanwhile(lambda: erased(registration)):
        act()
    assert nothing_names_them()
