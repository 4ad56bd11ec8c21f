"""Redirections that were written are looked for; an address that cannot be one is not."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/%00/", "/" + "a" * 256 + "/"], ids=["NUL", "too long to be kept"])
def test_an_address_that_nothing_can_hold_is_asked_of_no_table(address: str) -> None:
    make_home()
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get(address)
    assert answer.status_code == 404
    assert not [query["sql"] for query in asked if "wagtailredirects" in query["sql"]]
