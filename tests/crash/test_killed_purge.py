"""The night's purge killed at any statement: each person is whole or nameless, and the next one ends it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from events.domain import attendance
from events.domain.erasure import FAREWELL
from events.domain.report import report
from events.models import ActivityPage, Message, Registration
from members.models import User
from pages.domain.retention import Line, purge
from tests import factories
from tests.concurrency.acts import Act, person
from tests.concurrency.crowd import all_at_once
from tests.crash.dying import survived

pytestmark = pytest.mark.django_db(transaction=True)
LATER = 5 * 366
PEOPLE = 5
STEP = 7  # statements between two deaths


@pytest.fixture
def activity() -> ActivityPage:
    """People who came twice, with their certificates; the time of all that is over in ``LATER`` days."""
    activity, admin = factories.make_activity(), factories.make_admin()
    for days in (-30, -20):
        session = factories.make_session(activity, days=days)
        for number in range(PEOPLE):
            factories.make_registration(session, email=f"p{number}@example.org")
        attendance.mark(slot=session.slots.get(), marks={}, by=admin, rest="present")
        close_sheet(slot=session.slots.get(), by=admin)
    return activity


def left() -> dict[str, int | None]:
    lines: list[Line] = purge(now=timezone.now() + timedelta(days=LATER), dry_run=True)
    return {line.code: line.count for line in lines if line.code != "journal"}


def assert_each_is_whole_or_nameless() -> None:
    for each in Registration.objects.select_related("user"):
        gone = each.user.erased_at is not None
        assert gone == (each.first_name != "Camille") == (not re.fullmatch(r"p[0-9]@example.org", each.email))
        left = Message.objects.filter(registration=each).exclude(recipient="")
        assert not (gone and left.exists())
    for user in User.objects.filter(erased_at__isnull=False):
        assert (user.first_name, user.has_usable_password()) == ("", False)
        assert not Certificate.objects.filter(registration__user=user).exclude(facts__person="").exists()


def assert_over(activity: ActivityPage, before: object) -> None:
    assert_each_is_whole_or_nameless()
    assert not Registration.objects.filter(user__erased_at=None).exists()
    assert not Certificate.objects.exclude(facts__person="").exists()
    assert not User.objects.filter(email__regex=r"^p[0-9]@", erased_at=None).exists()
    assert report(activities=[activity]) == before
    assert set(left().values()) == {0}
    # A nameless account each for who came, and the account of each, nameless too.
    assert User.objects.filter(erased_at__isnull=False).count() == 2 * PEOPLE


def test_a_purge_killed_at_any_statement_leaves_nobody_half_anonymised(
    activity: ActivityPage, tmp_path: Path
) -> None:
    before = report(activities=[activity])
    database = {"NAME": connection.settings_dict["NAME"]}
    statement, deaths = 10, 0
    while not survived(Act("purge", LATER), statement=statement, database=database, folder=tmp_path):
        deaths += 1
        statement += STEP
        assert_each_is_whole_or_nameless()
    assert deaths > 10
    assert_over(activity, before)


def test_an_erasure_killed_at_any_statement_has_not_begun(tmp_path: Path) -> None:
    activity, admin = factories.make_activity(), factories.make_admin()
    came, coming = (factories.make_session(activity, days=days) for days in (-10, 10))
    for session in (came, coming):
        user = factories.make_registration(session, email=person(1).email).user
    attendance.mark(slot=came.slots.get(), marks={}, by=admin, rest="present")
    close_sheet(slot=came.slots.get(), by=admin)
    database = {"NAME": connection.settings_dict["NAME"]}

    def names() -> list[int]:
        found = [
            User.objects.filter(pk=user.pk, erased_at=None),
            Registration.objects.filter(first_name="Camille"),
            Registration.objects.filter(state="confirmed", session=coming),
            Certificate.objects.exclude(facts__person=""),
            Message.objects.filter(recipient=person(1).email).exclude(kind=FAREWELL),
        ]
        return [rows.count() for rows in found]

    whole, statement, deaths = names(), 1, 0
    assert min(whole) > 0
    while not survived(Act("erase", person=1), statement=statement, database=database, folder=tmp_path):
        assert names() == whole
        deaths += 1
        statement += STEP
    assert deaths > 5
    assert names() == [0] * len(whole)
    assert Message.objects.filter(kind=FAREWELL).count() == 1


def test_four_purges_at_once_do_the_work_of_one(activity: ActivityPage) -> None:
    before = report(activities=[activity])
    foretold = left()

    heard = all_at_once([Act("purge", LATER)] * 4, {"NAME": connection.settings_dict["NAME"]})

    done = [dict(word.split("=") for word in answer.split()) for answer in heard.values()]
    assert "None" not in {count for each in done for count in each.values()}, "One of them failed"
    assert {code: sum(int(each[code]) for each in done) for code in foretold} == foretold
    assert_over(activity, before)
