"""What a person corrects of themselves: checked, journalled without values, and never backwards."""

from typing import Any

import pytest

from certificates.domain.issuing import issue
from common.errors import DomainError
from events.domain.attendance import close_sheet, mark
from events.models import JournalEntry
from members.domain.profile import change_calendar_address, correct_profile
from members.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def correct(user: User, **changes: Any) -> tuple[str, ...]:
    stated = {
        name: getattr(user, name) for name in ("first_name", "last_name", "profession", "civility", "rpps")
    }
    return correct_profile(user=user, by=user, **(stated | changes))


def test_only_what_differs_is_stored_and_the_journal_holds_no_value() -> None:
    user = factories.make_user(first_name="Zoé", last_name="Martin")
    assert correct(user) == ()
    assert correct(user, last_name=" Dupont  Martin ", rpps="10 75 65 90 104") == ("last_name", "rpps")
    assert (user.last_name, user.rpps) == ("Dupont Martin", "10756590104")
    entry = JournalEntry.objects.get(action="escale.profile")
    assert entry.data == {"fields": ["last_name", "rpps"]}
    assert "Dupont" not in f"{entry.label} {entry.data}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", "www.achetez.com"),
        ("last_name", "x" * 81),
        ("first_name", "Zo\x00é"),
        ("rpps", "123"),
        ("profession", "astronaute"),
        ("civility", "sir"),
    ],
)
def test_what_is_refused_names_its_field_and_stores_nothing(field: str, value: str) -> None:
    user = factories.make_user(first_name="Zoé")
    with pytest.raises(DomainError) as refused:
        correct(user, **{"profession": "60", field: value})
    assert refused.value.field == field
    user.refresh_from_db()
    assert user.profession == ""


def test_a_corrected_name_is_on_later_certificates_and_on_no_past_statement() -> None:
    session = factories.make_session(days=-1)
    before = factories.make_registration(session, first_name="Zoe", last_name="Martin", email="z@example.org")
    slot = session.slots.get()
    coordinator = factories.make_coordinator(session.activity.organisation)
    mark(slot=slot, marks={before.pk: "present"}, by=coordinator)
    close_sheet(slot=slot, by=coordinator)
    correct(before.user, first_name="Zoé", last_name="Dupont")
    before.refresh_from_db()
    assert before.full_name == "Zoe Martin"
    assert issue(registration=before, by=None).facts["person"] == "Zoé Dupont"


def test_a_name_that_nobody_signed_in_corrected_never_prevails() -> None:
    """Anybody may register with anybody's address: what they typed first is on the account."""
    session = factories.make_session(days=-1)
    factories.make_user(first_name="Faux", last_name="Nom", email="z@example.org")
    came = factories.make_registration(session, first_name="Zoé", last_name="Vrai", email="z@example.org")
    correct(came.user, profession="60")
    mark(slot=session.slots.get(), marks={came.pk: "present"}, by=None)
    close_sheet(slot=session.slots.get(), by=factories.make_admin())
    assert issue(registration=came, by=None).facts["person"] == "Zoé Vrai"


def test_a_calendar_address_is_changed_for_its_owner_alone() -> None:
    user, other = factories.make_user(), factories.make_user()
    change_calendar_address(user=user)
    other.refresh_from_db()
    assert (user.calendar_version, other.calendar_version) == (2, 1)
    assert JournalEntry.objects.filter(action="escale.calendar_address").count() == 1
