"""A list, a job, an alert reads what it shows: years of what is settled weigh nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common import bounded
from events.access import coordinated_messages, coordinated_registrations, held_messages, published_sessions
from events.domain import alerts, delivery, restoring
from events.domain.answers import purge_needs
from events.domain.retention import purge_messages
from events.domain.survey import inviting as survey
from events.models import Message, Registration, Session
from members.models import Organisation, User
from pages.domain import erasure_register
from tests import factories

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def sent() -> Organisation:
    """Many messages that left, and an engine that knows it."""
    organisation = factories.make_organisation()
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            key=f"parti-{number}",
            kind="confirmed",
            organisation=organisation,
            recipient=f"a{number}@example.org",
            state=State.SENT,
            next_try_at=now,
            created_at=now,
        )
        for number in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":  # a table of this size is read whole, whatever there is
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    return organisation


def plan(act: Callable[[], object]) -> str:
    """How the engine answers what ``act`` asks, values in their places."""
    with CaptureQueriesContext(connection) as asked:
        act()
    prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        told = []
        for question in asked.captured_queries:
            if question["sql"].startswith(("SELECT", "UPDATE")):
                cursor.cursor.execute(f"{prefix} {question['sql']}")
                told += [str(row[-1]) for row in cursor.fetchall()]
    return "\n".join(told)


@pytest.mark.parametrize(
    "act",
    [
        lambda: delivery.free_stuck_messages(),
        lambda: list(delivery._due(timezone.now())[:20]),
        lambda: restoring.hold_outbox(),
        lambda: restoring.held().count(),
        lambda: list(alerts._failing(Organisation.objects.all(), timezone.now())),
    ],
)
def test_what_waits_is_found_without_reading_what_left(sent: Organisation, act: Callable[[], object]) -> None:
    assert "message_unsent" in plan(act)


@pytest.mark.parametrize(
    ("act", "index"),
    [
        (lambda: survey.forget_who_was_reminded(now=timezone.now()), "message_survey_reminder"),
        (lambda: purge_messages(dry_run=True), "message_latest"),
        (lambda: purge_needs(dry_run=True), "answer_need"),
        (lambda: erasure_register.catch_up(), "user_erased"),
    ],
)
def test_a_job_reads_what_it_has_to_do_and_no_more(
    sent: Organisation, act: Callable[[], object], index: str
) -> None:
    assert index in plan(act)


def test_the_messages_to_an_address_are_found_by_it(sent: Organisation) -> None:
    assert "message_recipient" in plan(lambda: list(Message.objects.filter(recipient="b@example.org")))


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            lambda admin: (
                coordinated_registrations(admin).select_related(None).order_by("-registered_at", "-pk")
            ),
            "registration_latest",
        ),
        (lambda admin: coordinated_messages(admin).order_by("-created_at", "-pk"), "message_latest"),
    ],
)
def test_the_latest_of_all_come_in_the_order_of_an_index(
    sent: Organisation, rows: Callable[[User], QuerySet[Registration]], index: str
) -> None:
    told = plan(lambda: list(rows(factories.make_admin())[:20]))
    assert index in told
    assert "TEMP B-TREE" not in told


def test_what_comes_is_counted_in_an_index_alone() -> None:
    for number in range(3):
        factories.make_session(days=number + 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = plan(lambda: published_sessions().upcoming().count())
    assert connection.vendor != "sqlite" or "COVERING INDEX session_to_come" in told


def test_an_administrator_is_held_to_no_condition_and_anybody_else_to_theirs(sent: Organisation) -> None:
    admin, stranger = factories.make_admin(), factories.make_user()
    assert coordinated_messages(admin).count() == 500
    assert held_messages(stranger).count() == coordinated_messages(stranger).count() == 0
    User.objects.filter(pk=admin.pk).update(is_active=False)
    admin.refresh_from_db()
    assert coordinated_messages(admin).count() == coordinated_registrations(admin).count() == 0


def test_a_list_counts_no_further_than_its_bound(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(bounded, "MOST", 2)
    session = factories.make_session()
    client.force_login(factories.make_admin())
    for _ in range(3):
        factories.make_registration(session)
    page = client.get(reverse("registrations:index"))
    assert page.context["paginator"].count == 2
    assert "Plus de 2 inscriptions" in page.text.replace("\u00a0", " ")
    assert "affinez la recherche" in page.text
    with django_assert_num_queries(1) as asked:
        assert bounded.BoundedPaginator(Registration.objects.order_by("pk"), 50).count == 2
    assert "LIMIT 3" in asked.captured_queries[0]["sql"]


def test_a_session_whose_sheets_are_settled_is_not_looked_into() -> None:
    over = factories.make_session(days=-4)
    settled = factories.make_session(days=-5)
    Session.objects.filter(pk=settled.pk).update(completed_at=timezone.now())
    found = alerts.not_settled(Session.objects.all(), timezone.now() + timedelta(minutes=1))
    assert list(found) == [over]
