import pytest
from wagtail.models import Collection, GroupCollectionPermission

from common.errors import DomainError
from events.models import JournalEntry
from members.access import coordinated_organisations
from members.domain.organisations import name_coordinator, open_organisation
from members.models import Membership, Organisation
from tests.factories import make_admin, make_user

pytestmark = pytest.mark.django_db


def _open(**fields: str) -> Organisation:
    defaults = {
        "name": "CPTS du Port",
        "short_name": "CPTS du Port",
        "slug": "cpts-du-port",
        "email": " Contact@Port.example.org ",
    }
    return open_organisation(**(defaults | fields), by=None)


def test_an_organisation_opens_with_its_group_and_its_collection() -> None:
    organisation = _open()
    assert organisation.group is not None
    assert organisation.group.permissions.get().codename == "access_admin"
    assert organisation.email == "contact@port.example.org"
    own = GroupCollectionPermission.objects.filter(group=organisation.group)
    assert {each.collection for each in own} == {Collection.objects.get(name="CPTS du Port")}
    assert own.count() == 6


def test_opening_is_logged_with_who_did_it() -> None:
    admin = make_admin()
    organisation = open_organisation(name="A", short_name="A", slug="a", email="a@example.org", by=admin)
    entry = JournalEntry.objects.get(action="escale.create", object_id=str(organisation.pk))
    assert entry.user == admin


@pytest.mark.parametrize(("fields", "field"), [({"name": "Autre"}, "slug"), ({"slug": "autre"}, "name")])
def test_a_name_or_slug_that_is_taken_is_refused_beside_its_field(fields: dict[str, str], field: str) -> None:
    _open()
    with pytest.raises(DomainError) as refusal:
        _open(**fields)
    assert refusal.value.field == field
    assert Organisation.objects.count() == 1


def test_a_named_coordinator_acts_for_that_organisation_only() -> None:
    organisation, _other = _open(), _open(name="Autre", slug="autre")
    user = make_user()
    name_coordinator(organisation=organisation, user=user, by=None)
    assert list(coordinated_organisations(user)) == [organisation]
    assert user.has_perm("wagtailadmin.access_admin")


def test_naming_a_coordinator_twice_is_harmless() -> None:
    organisation, user = _open(), make_user()
    first = name_coordinator(organisation=organisation, user=user, by=None)
    assert name_coordinator(organisation=organisation, user=user, by=None) == first
    assert Membership.objects.count() == 1
    assert JournalEntry.objects.filter(action="escale.edit").count() == 1


def test_the_log_of_a_naming_holds_no_more_than_an_identifier() -> None:
    user = make_user()
    name_coordinator(organisation=_open(), user=user, by=None)
    assert JournalEntry.objects.get(action="escale.edit").data == {"coordinator_named": user.pk}


def test_a_closed_account_cannot_coordinate() -> None:
    with pytest.raises(DomainError, match="fermé"):
        name_coordinator(organisation=_open(), user=make_user(is_active=False), by=None)
