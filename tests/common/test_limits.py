"""Attempts are counted by network address."""

import pytest
from django.test import RequestFactory

from common.limits import count, counted


def count_from(address: str) -> int:
    return count(RequestFactory().get("/", REMOTE_ADDR=address), "essai")


def test_each_address_and_each_thing_has_its_own_count() -> None:
    assert [count_from("192.0.2.1"), count_from("192.0.2.1"), count_from("192.0.2.2")] == [1, 2, 1]
    assert counted(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"), "autre") == 0


@pytest.mark.parametrize(
    ("other", "seen"), [("2001:db8:0:1::ffff", 2), ("2001:db8:0:2::1", 1), ("::ffff:192.0.2.9", 1)]
)
def test_the_addresses_of_one_ipv6_network_count_as_one(other: str, seen: int) -> None:
    count_from("2001:db8:0:1::1")
    assert count_from(other) == seen
