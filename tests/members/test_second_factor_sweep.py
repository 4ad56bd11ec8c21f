"""Every address with other people's data, asked by those who may see it, signed in with one factor."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from members.models import User
from tests import factories
from tests.access_resolver import address
from tests.access_wagtail import ACCOUNTS
from tests.access_world import Place, found_once, readable, two_places
from tests.factors import sign_in_with_one
from tests.test_access_matrix import BEARER_LINKS, EVERYTHING

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_engine,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# One's own things, for which an address is enough.
OWN = {
    "my_calendar",
    "my_consents",
    "my_copy",
    "my_copy_json",
    "my_data",
    "my_erasure",
    "my_profile",
    "my_space",
    "second_factor",
    "sign_in_again",
    "sign_out_everywhere",
}
SIGN_IN_AND_OUT = {"admin/login/", "wagtailadmin_login", "wagtailadmin_logout"}
# Open to anybody, names nobody: they are shut to those who have yet to use a second factor all the same.
ASSETS = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}


def needs_it(name: str) -> bool:
    """Whether somebody without an account is sent to sign in, and it is not about oneself."""
    if name in OWN | SIGN_IN_AND_OUT | ACCOUNTS.keys() | BEARER_LINKS:
        return False
    return name in ASSETS or "login" in {column.split()[0] for column in EVERYTHING[name]}


GUARDED = sorted(name for name in EVERYTHING if needs_it(name))


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Place, Place]]:
    with two_places(django_db_blocker) as found, found_once():
        yield found


def of(who: str, place: Place) -> User:
    return {
        "trainer": lambda: place.trainer,
        "coordinator": lambda: place.coordinator,
        "administrator": lambda: factories.make_admin(),
    }[who]()


@pytest.mark.parametrize("who", ["trainer", "coordinator", "administrator"])
def test_one_factor_opens_no_address_with_other_peoples_data(
    who: str, places: tuple[Place, Place], client: Client
) -> None:
    place = places[0]
    sign_in_with_one(client, of(who, place))
    opened = []
    for name in GUARDED:
        for method in ("get", "post"):
            with transaction.atomic():
                response = getattr(client, method)(address(name, place))
                if response.get("Location", "").partition("?")[0] != "/compte/deuxieme-facteur/":
                    opened.append(f"{method} {name}: {response.status_code}")
                transaction.set_rollback(True)
    assert len(GUARDED) > 150
    assert not opened, "\n".join(opened)


@pytest.mark.parametrize("who", ["trainer", "coordinator", "administrator"])
def test_one_factor_meets_nobody_s_name_anywhere(
    who: str, places: tuple[Place, Place], client: Client
) -> None:
    """At the addresses that the sweep above lets be."""
    place = places[1]
    sign_in_with_one(client, of(who, place))
    named = []
    for name in sorted(EVERYTHING.keys() - BEARER_LINKS - set(GUARDED)):
        with transaction.atomic():
            said = readable(client.get(address(name, place)))
            transaction.set_rollback(True)
        if place.confirmed.last_name.lower() in said.lower():
            named.append(name)
    assert not named
