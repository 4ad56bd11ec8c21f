"""The night's purge: each kind on both sides of its border, counted before as it is let go after."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session as Visit
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from events.domain import attendance
from events.domain import retention as events
from events.domain.people import Person
from events.domain.registration import import_registration
from events.domain.report import report
from events.models import Answer, JournalEntry, Message, Registration, Session, SurveyInvitation
from members.domain.consents import give_consent, withdraw_consent
from members.domain.retention import months_before, year_over
from members.models import Consent, RetentionPolicy, User
from pages.domain import retention
from pages.domain.retention import purge, purge_once_a_night
from tests import factories
from tests.clock import Clock, clock, paris  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def held(*, people: int = 1, days: float = -10) -> Session:
    """A session with its sheet closed, its certificates and its survey."""
    session, admin = factories.make_session(days=days), factories.make_admin()
    for _ in range(people):
        factories.make_registration(session)
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={}, by=admin, rest="present")
    close_sheet(slot=slot, by=admin)
    return session


def counts(now: datetime, *, dry_run: bool = True) -> dict[str, int | None]:
    return {line.code: line.count for line in purge(now=now, dry_run=dry_run) if line.count}


def named() -> int:
    return Registration.objects.filter(first_name="Camille").count()


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (paris(2028, 2, 29, 12), 12, paris(2027, 2, 28, 12)),
        (paris(2029, 2, 28, 12), 12, paris(2028, 2, 28, 12)),
        (paris(2026, 5, 31, 12), 3, paris(2026, 2, 28, 12)),
        (paris(2028, 5, 31, 12), 3, paris(2028, 2, 29, 12)),
        (paris(2027, 1, 15, 12), 1, paris(2026, 12, 15, 12)),
    ],
)
def test_months_end_on_a_day_that_exists(moment: datetime, months: int, expected: datetime) -> None:
    assert months_before(moment, months) == expected


def test_a_year_is_over_at_midnight_in_paris() -> None:
    assert year_over(paris(2029, 12, 31, 23, 59), 3) == paris(2026, 1, 1)
    assert year_over(paris(2030, 1, 1, 0, 0), 3) == paris(2027, 1, 1)


def test_places_and_presences_are_kept_three_years_after_their_own(clock: Clock) -> None:  # noqa: F811
    clock.set(2017, 1, 20, 12)
    session = held()
    counts(clock.time, dry_run=False)
    assert "registrations" not in counts(paris(2020, 12, 31, 23))
    assert counts(paris(2021, 1, 1, 1))["registrations"] == 1
    clock.set(2021, 1, 1, 1)
    assert counts(clock.time, dry_run=False)["registrations"] == 1
    assert named() == 0
    assert counts(clock.time, dry_run=False).get("registrations") is None
    assert report(activities=[session.activity]).participations == 1


def test_a_registration_waits_for_its_certificate(clock: Clock) -> None:  # noqa: F811
    RetentionPolicy.objects.create(registration_years=1, certificate_years=5)
    clock.set(2027, 1, 20, 12)
    held()
    assert "registrations" not in counts(paris(2032, 12, 31))
    assert counts(paris(2033, 1, 1, 1))["registrations"] == 1
    assert counts(paris(2033, 1, 1, 1))["certificates"] == 1


@pytest.mark.parametrize(("late", "expected"), [(-DAY, 0), (DAY, 1)])
def test_what_had_no_sequel_is_kept_three_months(clock: Clock, late: timedelta, expected: int) -> None:  # noqa: F811
    clock.set(2027, 11, 20, 12)
    session = factories.make_session(capacity=1)
    for _ in range(2):
        factories.make_registration(session)
    over = session.ends_at.replace(year=2028, month=3) + late
    assert counts(over).get("without_sequel", 0) == expected
    clock.time = over
    counts(over, dry_run=False)
    assert named() == 2 - expected


@pytest.mark.parametrize(("late", "expected"), [(-DAY, 0), (DAY, 1)])
def test_invitations_to_a_survey_are_kept_six_months(clock: Clock, late: timedelta, expected: int) -> None:  # noqa: F811
    clock.set(2027, 1, 20, 12)
    session = held()
    closes_at = SurveyInvitation.objects.get().survey.closes_at
    now = _later(closes_at, 6) + late
    asked = report(activities=[session.activity]).asked
    assert counts(now).get("invitations", 0) == expected
    events.purge_invitations(now=now)
    assert SurveyInvitation.objects.count() == 1 - expected
    assert report(activities=[session.activity]).asked == asked == 1


@pytest.mark.parametrize(("late", "expected"), [(-DAY, 0), (DAY, 1)])
def test_what_a_message_said_is_kept_a_year(late: timedelta, expected: int) -> None:
    factories.make_registration(factories.make_session())
    sent_at = paris(2028, 2, 29, 12)
    Message.objects.update(state="sent", sent_at=sent_at)
    now = paris(2029, 2, 28, 12) + late
    assert counts(now).get("messages", 0) == expected
    events.purge_messages(now=now)
    assert Message.objects.exclude(body="").count() == 1 - expected
    assert Message.objects.count() == 1


def test_a_message_that_waits_is_not_touched() -> None:
    factories.make_registration(factories.make_session())
    assert events.purge_messages(now=timezone.now() + 800 * DAY) == 0


@pytest.mark.parametrize(("late", "expected"), [(-DAY, 0), (DAY, 1)])
def test_an_account_without_activity_is_kept_three_years(late: timedelta, expected: int) -> None:
    joined = paris(2028, 2, 29, 12)
    user = factories.make_user(date_joined=joined)
    now = paris(2031, 2, 28, 12) + late
    assert counts(now).get("accounts", 0) == expected
    counts(now, dry_run=False)
    assert (User.objects.get(pk=user.pk).erased_at is not None) == bool(expected)


@pytest.mark.parametrize(
    "active",
    [
        lambda user: User.objects.filter(pk=user.pk).update(last_login=paris(2030, 1, 1)),
        lambda user: import_registration(
            session=factories.make_session(days=-20),
            person=Person("Camille", "Martin", user.email),
            state="confirmed",
            registered_at=timezone.now(),
        ),
        lambda user: user.memberships.create(
            organisation=factories.make_organisation(), since=paris(2020, 1, 1).date()
        ),
        lambda user: User.objects.filter(pk=user.pk).update(is_superuser=True),
    ],
    ids=["signed in", "came", "belongs", "administers"],
)
def test_an_account_in_use_stays(active: Callable[[User], Any]) -> None:
    user = factories.make_user(date_joined=paris(2020, 1, 1))
    active(user)
    assert user not in retention.idle_accounts(
        now=paris(2031, 3, 1) if not user.registrations.exists() else timezone.now()
    )


def test_a_consent_taken_back_is_proof_for_three_years(clock: Clock) -> None:  # noqa: F811
    clock.set(2017, 3, 1, 12)
    user, organisation = factories.make_user(), factories.make_organisation()
    for purpose in Consent.Purpose.values:
        give_consent(user=user, organisation=organisation, purpose=purpose)
    withdraw_consent(user=user, organisation=organisation, purpose="news")
    assert "consents" not in counts(paris(2020, 2, 29, 12))
    assert counts(paris(2020, 3, 1, 13))["consents"] == 1
    purge(now=paris(2020, 3, 1, 13))
    assert Consent.objects.get().purpose == "pictures"


def test_the_log_of_pages_follows_the_journal() -> None:
    organisation = factories.make_organisation()
    now = timezone.now()
    for age in (360, 370):
        ModelLogEntry.objects.log_action(organisation, "wagtail.edit", timestamp=now - age * DAY, data={})
    assert counts(now)["wagtail"] == 1


def furnish() -> None:
    """Something of every kind, years ago."""
    session = held(people=3)
    waiting = factories.make_session(capacity=1)
    for _ in range(2):
        answered = factories.make_registration(waiting)
    Answer.objects.create(registration=answered, label="Repas ?", kind="text", value="x", is_need=True)
    Message.objects.update(state="sent", sent_at=timezone.now())
    user = factories.make_user()
    give_consent(user=user, organisation=session.activity.organisation, purpose="news")
    withdraw_consent(user=user, organisation=session.activity.organisation, purpose="news")
    Visit.objects.create(session_key="old", session_data="", expire_date=timezone.now())
    ModelLogEntry.objects.log_action(session.activity.organisation, "wagtail.edit", data={})
    PageLogEntry.objects.log_action(session.activity, "wagtail.publish", data={})
    User.objects.update(date_joined=timezone.now())


def test_a_dry_run_foretells_the_night_and_writes_nothing(clock: Clock) -> None:  # noqa: F811
    clock.set(2020, 5, 20, 12)
    furnish()
    clock.set(2026, 1, 1, 4)
    with CaptureQueriesContext(connection) as queries:
        foretold = counts(clock.time)
    wrote = [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", q["sql"], re.I)]
    assert wrote == []
    assert foretold == {
        "needs": 1,
        "invitations": 3,
        "messages": 5,
        "certificates": 3,
        "visits": 1,
        "consents": 1,
        "journal": 12,
        "wagtail": 2,
        "without_sequel": 1,
        "registrations": 4,
        "accounts": 6,
    }
    done = counts(clock.time, dry_run=False)
    assert done == foretold
    assert named() == 0
    assert counts(clock.time) == {}


def test_people_who_came_twice_still_came_twice() -> None:
    activity, admin = factories.make_activity(), factories.make_admin()
    for days in (-30, -20):
        session = factories.make_session(activity, days=days)
        for n in (1, 2):
            factories.make_registration(session, email=f"p{n}@example.org")
        attendance.mark(slot=session.slots.get(), marks={}, by=admin, rest="present")
        attendance.close_sheet(slot=session.slots.get(), by=admin)
    before = report(activities=[activity])
    assert (before.participants, before.returning) == (2, 2)
    assert (
        events.purge_settled(now=timezone.now() + 5 * 366 * DAY, still_proven=Certificate.objects.none()) == 4
    )
    assert report(activities=[activity]) == before
    assert not Registration.objects.filter(user__email__in=["p1@example.org", "p2@example.org"]).exists()


def test_a_purge_killed_in_the_middle_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    held(people=5)
    now = timezone.now() + 5 * 366 * DAY
    monkeypatch.setattr(events, "BATCH", 2)
    strip, calls = events.erasure.strip, []

    def dies(keys: Any) -> None:
        calls.append(keys)
        if len(calls) == 2:
            raise KeyboardInterrupt
        strip(keys)

    monkeypatch.setattr(events.erasure, "strip", dies)
    with pytest.raises(KeyboardInterrupt):
        purge(now=now)
    assert 0 < named() < 5
    monkeypatch.setattr(events.erasure, "strip", strip)
    assert counts(now, dry_run=False)["registrations"] == named() or named() == 0
    assert named() == 0


def test_one_kind_that_fails_stops_no_other_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(now: datetime, dry_run: bool) -> int:
        raise ValueError("camille@example.org")

    monkeypatch.setitem(retention.KINDS, "needs", ("besoins", fails))
    lines = purge(dry_run=True)
    assert [line.count for line in lines] == [None] + [0] * (len(lines) - 1)
    assert "camille" not in caplog.text


def test_the_night_comes_once_at_three_in_paris(clock: Clock) -> None:  # noqa: F811
    def nights() -> int:
        purge_once_a_night()
        return JournalEntry.objects.filter(action="escale.purge").count()

    clock.set(2027, 3, 27, 12)
    assert nights() == 1  # the machine was off at night
    clock.set(2027, 3, 28, 1, 59)  # the clocks go forward that night
    assert nights() == 1
    clock.set(2027, 3, 28, 3, 0)
    assert nights() == 2
    clock.move(minutes=1)
    assert nights() == 2
    clock.set(2027, 10, 31, 2, 30)  # and back
    assert nights() == 3
    clock.set(2027, 10, 31, 3, 1)
    assert nights() == 4


def test_the_command_prints_a_line_for_each_kind() -> None:
    out = StringIO()
    call_command("purge", "--dry-run", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 13
    assert lines[0] == "besoins (repas, accès) : 0 (à effacer)"


def _later(moment: datetime, months: int) -> datetime:
    """The first moment at which ``months`` have passed."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, 28))
