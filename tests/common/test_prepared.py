"""A question written once answers as the queryset that it was written from."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from common.prepared import MOMENT, PLACE, SMALL, TEXT, Prepared, PreparedUpdate, hold
from events.access import public_sessions
from events.models import Session, Slot
from tests.factories import make_session

pytestmark = pytest.mark.django_db

ONE = Prepared(lambda pk: public_sessions().filter(pk=pk))
SLOTS = Prepared(lambda pk: Slot.objects.filter(session=pk))


def test_each_number_has_its_own_answer_with_what_is_joined(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second = make_session(title="Une"), make_session(title="Deux")
    for session in (first, second, first):
        with django_assert_num_queries(1):
            (found,) = ONE(session.pk)
            assert (found.pk, found.title) == (session.pk, session.title)
            assert found.activity.organisation.name == session.activity.organisation.name
        plain = public_sessions().get(pk=session.pk)
        assert {**vars(found), "_state": None} == {**vars(plain), "_state": None}


def test_what_is_found_is_asked_anew_each_time() -> None:
    session = make_session(title="Avant")
    assert ONE(session.pk)[0].title == "Avant"
    Session.objects.filter(pk=session.pk).update(title="Après", status=Session.Status.CANCELLED)
    assert ONE(session.pk)[0].title == "Après"
    Session.objects.filter(pk=session.pk).update(status=Session.Status.DRAFT)
    assert ONE(session.pk) == []


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, 2**63, 10**20])
def test_a_number_that_nothing_has_finds_nothing(number: int) -> None:
    assert ONE(number) == []


def test_rows_that_are_held_answer_as_after_a_prefetch(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    session, other = make_session(), make_session()
    hold(session, "slots", SLOTS(session.pk))
    with django_assert_num_queries(0):
        assert [slot.session is session for slot in session.slots.all()] == [True]
    with django_assert_num_queries(1):
        assert session.slots.filter(starts_at__isnull=False).count() == 1
    assert list(other.slots.all()) != list(session.slots.all())


def test_a_question_without_its_number_is_refused() -> None:
    with pytest.raises(ValueError, match="blanks"):
        Prepared(lambda _pk: Session.objects.filter(title="Une"))(1)


def test_several_blanks_each_have_their_place() -> None:
    session, other = make_session(title="Une"), make_session(title="Deux")
    titled = Prepared(lambda title, pk: Session.objects.filter(pk=pk, title=title), TEXT, PLACE)
    for each, title, found in (
        (session, "Une", 1),
        (session, "Deux", 0),
        (other, "Deux", 1),
        (session, "Une", 1),
    ):
        assert len(titled(title, each.pk)) == found


def test_an_update_says_how_many_rows_it_changed() -> None:
    session, other = make_session(), make_session()
    take = PreparedUpdate(
        lambda pk, version: (
            Session.objects.filter(pk=pk, version=version),
            {"seats_taken": F("seats_taken") + 1},
        ),
        PLACE,
        SMALL,
    )
    assert [take(session.pk, session.version), take(session.pk, session.version + 1)] == [1, 0]
    assert take(session.pk, session.version) == 1
    session.refresh_from_db()
    other.refresh_from_db()
    assert (session.seats_taken, other.seats_taken) == (2, 0)


def test_a_time_of_day_is_one_of_the_blanks() -> None:
    session = make_session()
    before = Prepared(lambda pk, now: Session.objects.filter(pk=pk, created_at__lte=now), PLACE, MOMENT)
    assert before(session.pk, session.created_at) == [session]
    assert before(session.pk, session.created_at - timedelta(microseconds=1)) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_held_in_a_transaction_or_not_at_all() -> None:
    session = make_session()
    held = Prepared(lambda pk: Session.objects.select_for_update().filter(pk=pk))
    with transaction.atomic():
        assert held(session.pk) == [session]
    with pytest.raises(TransactionManagementError):
        held(session.pk)


def test_what_never_varies_is_written_as_it_is() -> None:
    odd = "100 % d’ici ; 'là' \\ %s"
    session = make_session(place_name=odd)
    make_session(place_name="100 % d’ici")
    there = Prepared(lambda pk: Session.objects.filter(pk__gte=pk, place_name=odd, capacity__lt=1_000))
    for _ in range(2):
        assert there(0) == [session]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads a statement in no time")
@pytest.mark.parametrize("keeps", [True, False])
def test_postgresql_plans_a_question_once_unless_a_pooler_forbids(keeps: bool) -> None:
    session = make_session()
    asked = Prepared(lambda pk: Slot.objects.filter(session=pk, label="").order_by("-pk"))
    before = connection.connection.prepare_threshold
    connection.connection.prepare_threshold = before if keeps else None
    try:
        assert asked(session.pk) == asked(session.pk) == list(session.slots.all())
        assert asked(session.pk + 1) == []
    finally:
        connection.connection.prepare_threshold = before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%label%DESC"])
        assert cursor.fetchone() == (1 if keeps else 0,)
