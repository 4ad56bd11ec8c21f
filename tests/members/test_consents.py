"""Agreements: apart from registering, kept as proof, taken back as easily as given."""

from typing import Any

import pytest

from common.errors import DomainError
from events.models import JournalEntry
from members.access import coordinated_consents
from members.domain.consents import choices, choose, give_consent, withdraw_consent
from members.models import Consent, Organisation, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return factories.make_user()


@pytest.fixture
def organisation() -> Organisation:
    return factories.make_organisation(short_name="CPTS du Port")


def test_the_sentence_that_was_read_is_kept(user: User, organisation: Organisation) -> None:
    consent = give_consent(user=user, organisation=organisation, purpose="news")
    assert consent.wording == "J’accepte que CPTS du Port m’écrive pour annoncer ses prochaines dates."


def test_giving_twice_or_taking_back_twice_changes_nothing(user: User, organisation: Organisation) -> None:
    facts: dict[str, Any] = {"user": user, "organisation": organisation, "purpose": "news"}
    assert give_consent(**facts) == give_consent(**facts)
    assert withdraw_consent(**facts) is True
    assert withdraw_consent(**facts) is False
    assert JournalEntry.objects.count() == 2


def test_agreeing_again_is_another_proof(user: User, organisation: Organisation) -> None:
    facts: dict[str, Any] = {"user": user, "organisation": organisation, "purpose": "news"}
    give_consent(**facts)
    withdraw_consent(**facts)
    give_consent(**facts)
    assert Consent.objects.count() == 2
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_the_journal_tells_of_no_name(user: User, organisation: Organisation) -> None:
    give_consent(user=user, organisation=organisation, purpose="pictures")
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.data, entry.organisation_id) == (
        "escale.consent",
        {"purpose": "pictures"},
        organisation.pk,
    )
    assert user.last_name not in entry.label


def test_a_purpose_that_does_not_exist_is_refused(user: User, organisation: Organisation) -> None:
    with pytest.raises(DomainError):
        give_consent(user=user, organisation=organisation, purpose="spam")


def test_only_the_boxes_that_were_shown_count(user: User, organisation: Organisation) -> None:
    other = factories.make_organisation()
    give_consent(user=user, organisation=other, purpose="news")
    shown = choices(user=user, organisations=[organisation])
    choose(user=user, shown=shown, agreed=[f"news-{other.pk}", f"pictures-{organisation.pk}"])
    standing = Consent.objects.filter(withdrawn_at=None).order_by("pk")
    assert [(each.organisation, each.purpose) for each in standing] == [
        (other, "news"),
        (organisation, "pictures"),
    ]


def test_a_coordinator_reads_of_their_own_people_and_of_nobody_who_left(organisation: Organisation) -> None:
    coordinator, other = factories.make_coordinator(organisation), factories.make_organisation()
    kept = give_consent(user=factories.make_user(), organisation=organisation, purpose="news")
    gone = factories.make_user()
    give_consent(user=gone, organisation=organisation, purpose="news")
    withdraw_consent(user=gone, organisation=organisation, purpose="news")
    give_consent(user=factories.make_user(), organisation=other, purpose="news")
    assert list(coordinated_consents(coordinator)) == [kept]
    assert not coordinated_consents(factories.make_user()).exists()
