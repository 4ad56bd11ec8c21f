"""A row stored by a statement written once is the row that Django would have stored."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from common.prepared_insert import PreparedInsert
from events.models import Message, Registration
from members.models import User
from tests.factories import make_registration, make_session

pytestmark = pytest.mark.django_db


def stored(model: Any, row: Any) -> dict[str, Any]:
    return next(iter(model.objects.filter(pk=row.pk).values()))


def twin(row: Any, **changes: Any) -> Any:
    """The same row, not stored, but for ``changes``."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**facts, "id": None, **changes})


@pytest.mark.parametrize("model", [Registration, Message, User])
def test_a_row_gets_its_number_and_holds_what_django_would_have_stored(
    model: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registration = make_registration(make_session(), email="un@example.org")
    row = {Registration: registration, Message: registration.messages.get(), User: registration.user}[model]
    other = make_registration(make_session(), email="deux@example.org")
    own = {
        Registration: {"user_id": other.user_id},
        Message: {"key": "une autre"},
        User: {"email": "trois@example.org"},
    }[model]
    store, copy = PreparedInsert(model), twin(row, **own)
    with django_assert_num_queries(1):
        store(copy)
    assert copy.pk not in (None, row.pk)
    assert (copy._state.adding, copy._state.db) == (False, "default")
    assert {**stored(model, copy), "id": 0} == {**stored(model, row), **own, "id": 0}
    again = twin(row, **({"email": "quatre@example.org"} if model is User else {"pk": None}))
    if model is User:
        store(again)
        assert again.pk > copy.pk


def test_a_row_that_is_known_is_refused_or_passed_over() -> None:
    message = make_registration(make_session()).messages.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedInsert(Message)(twin(message))
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            PreparedInsert(Message)(twin(message))
        assert transaction.get_rollback()
        transaction.set_rollback(True)
    known = twin(message)
    PreparedInsert(Message, skip_known=True)(known)
    assert known.pk is None
    assert Message.objects.count() == 1
