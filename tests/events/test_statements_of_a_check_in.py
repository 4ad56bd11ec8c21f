"""Few statements for a mark on the sheet: a hall of people is checked in within minutes.

Counted as they are in production: real transactions, whose BEGIN and COMMIT count.
"""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.domain.attendance import SeenMark, mark, sync_marks
from events.domain.attendance.one_mark import sync_one
from events.domain.attendance.reading import standing
from events.models import Attendance, JournalEntry, Session
from tests.factories import make_coordinator, make_registration, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> Session:
    session = make_session(days=-1)
    ContentType.objects.get_for_model(Session)  # asked once a process
    return session


@pytest.mark.parametrize("number", [1, 3])
def test_a_mark_is_six_statements_however_many_are_on_the_sheet(
    session: Session, number: int, django_assert_num_queries: Any
) -> None:
    people = [make_registration(session) for _ in range(number)]
    slot, coordinator = session.slots.get(), make_coordinator(session.activity.organisation)
    with django_assert_num_queries(6):
        mark(slot=slot, marks={people[0].pk: "present"}, by=coordinator)
    kept = SeenMark(people[0].pk, "late", 40, seen="present")
    with django_assert_num_queries(6):
        assert sync_marks(slot=slot, marks=[kept], by=coordinator) == {}
    assert list(Attendance.objects.values_list("registration", "state", "minutes")) == [
        (people[0].pk, "late", 40)
    ]
    assert JournalEntry.objects.filter(action="escale.attendance", user=coordinator).count() == 2


def test_a_tap_is_four_statements_and_its_request_six(
    client: Client, session: Session, django_assert_num_queries: Any
) -> None:
    """Who may, held with the session; the mark and the journal; a transaction around them. Before: who asks.

    SQLite writes the mark and the journal one after the other.
    """
    more = 0 if connection.features.has_select_for_update else 1
    people, slot = [make_registration(session) for _ in range(3)], session.slots.get()
    coordinator = make_coordinator(session.activity.organisation)
    with django_assert_num_queries(4 + more):
        sync_one(slot=slot.pk, mark=SeenMark(people[0].pk, "present"), by=coordinator)
    client.force_login(coordinator)
    url, since = reverse("events:sheet_sync", args=[slot.pk]), standing(slot).last
    sent = {"registration": people[0].pk, "state": "late", "seen": "present"}
    with django_assert_num_queries(6 + more):
        answer = client.post(url, {"marks": [sent], "since": since}, "application/json")
    assert "people" not in answer.json()
    assert Attendance.objects.get().state == "late"


def test_a_phone_that_sends_a_mark_and_reads_how_the_sheet_stands(
    client: Client, session: Session, django_assert_num_queries: Any
) -> None:
    person, slot = make_registration(session), session.slots.get()
    client.force_login(make_coordinator(session.activity.organisation))
    sent = {"registration": person.pk, "state": "present", "seen": ""}
    with django_assert_num_queries(10):  # who asks, whether they may, the mark, the sheet
        answer = client.post(
            reverse("events:sheet_sync", args=[slot.pk]), {"marks": [sent]}, "application/json"
        )
    assert answer.json()["people"] == {str(person.pk): ["present", None, False]}


def test_the_form_of_a_page_without_script(
    client: Client, session: Session, django_assert_num_queries: Any
) -> None:
    person, slot = make_registration(session), session.slots.get()
    client.force_login(make_coordinator(session.activity.organisation))
    with django_assert_num_queries(13):  # who is on the page, the sentence that the next one says
        answer = client.post(reverse("events:mark", args=[slot.pk]), {f"presence-{person.pk}": "present"})
    assert answer.status_code == 302
    assert Attendance.objects.get().state == "present"
