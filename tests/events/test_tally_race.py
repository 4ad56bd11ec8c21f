"""What is written while sessions are counted again is never lost: its mark outlives the count."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from events.domain.report import report, tallies
from events.domain.report.tallies import Tally, refresh_due
from events.models import Registration, Session, SessionTally, TallyMark
from tests import factories
from tests.events.test_report_tallies import counted_live, finish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one writes at a time"),
]


@pytest.fixture
def session() -> Session:
    session = factories.make_session(days=-3)
    finish(session, [factories.make_registration(session) for _ in range(2)])
    return Session.objects.select_related("activity").get(pk=session.pk)


@pytest.fixture
def elsewhere() -> Iterator[BaseDatabaseWrapper]:
    other = connection.copy()
    yield other
    other.close()


def change(other: BaseDatabaseWrapper, session: Session, profession: str) -> None:
    """Begun, not committed."""
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(
            "UPDATE events_registration SET profession = %s WHERE session_id = %s", [profession, session.pk]
        )


def is_right(session: Session) -> bool:
    return report(activities=[session.activity]) == counted_live(session.activity)


def test_a_change_that_is_committed_after_the_count_is_seen(
    session: Session, elsewhere: BaseDatabaseWrapper
) -> None:
    Registration.objects.filter(session=session).update(is_member=True)
    change(elsewhere, session, "70")
    refresh_due()
    elsewhere.commit()
    assert is_right(session)
    assert refresh_due() == 1
    assert is_right(session)


def test_a_change_that_is_committed_between_the_count_and_its_end_is_seen(
    session: Session, elsewhere: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    Registration.objects.filter(session=session).update(is_member=True)
    change(elsewhere, session, "70")
    count: Callable[[QuerySet[Session]], dict[int, Tally]] = tallies.counted

    def counted(held: QuerySet[Session]) -> dict[int, Tally]:
        found = count(held)
        elsewhere.commit()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(tallies, "counted", counted)
        assert refresh_due(seconds=0) == 1
    assert TallyMark.objects.exists()
    assert is_right(session)


def test_a_session_that_somebody_holds_waits_for_the_next_pass(
    session: Session, elsewhere: BaseDatabaseWrapper
) -> None:
    Registration.objects.filter(session=session).update(is_member=True)
    elsewhere.set_autocommit(False)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT 1 FROM events_session WHERE id = %s FOR NO KEY UPDATE", [session.pk])
    assert refresh_due() == 0
    elsewhere.commit()
    assert refresh_due() == 1


def test_a_person_taken_out_meanwhile_waits_for_nobody(
    session: Session, elsewhere: BaseDatabaseWrapper
) -> None:
    """The purge deletes a tally in its own transaction: a pass leaves that session alone."""
    stand_in = factories.make_user()
    Registration.objects.filter(session=session).update(is_member=True)
    elsewhere.set_autocommit(False)
    with elsewhere.cursor() as cursor:
        cursor.execute(
            "UPDATE events_registration SET user_id = %s WHERE id = %s",
            [stand_in.pk, session.registrations.first().pk],
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        assert refresh_due() == 0
    elsewhere.commit()
    assert not SessionTally.objects.exists()
    assert refresh_due() == 1
    assert is_right(session)
