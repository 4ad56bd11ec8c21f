"""What an erased account, an organisation without a group and an identity half told are refused."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.utils import timezone

from common.errors import DomainError
from events.models import JournalEntry
from members.admin import EndCoordinationView
from members.domain.consents import give_consent, withdraw_consent
from members.domain.identity import checked_claims
from members.domain.organisations import name_coordinator
from members.domain.profile import correct_profile
from members.models import Consent, Membership, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased() -> User:
    user = factories.make_user()
    User.objects.filter(pk=user.pk).update(erased_at=timezone.now())
    return user  # as the request that began before knows it


def test_an_erased_account_agrees_to_nothing(erased: User) -> None:
    organisation = factories.make_organisation()
    for rule in (give_consent, withdraw_consent):
        with pytest.raises(DomainError, match="Ce compte est effacé"):
            rule(user=erased, organisation=organisation, purpose="news")
    assert not Consent.objects.exists()
    assert not JournalEntry.objects.exists()


def test_an_erased_account_is_not_named_again(erased: User) -> None:
    before = User.objects.filter(pk=erased.pk).values().get()
    with pytest.raises(DomainError, match="Ce compte est effacé"):
        correct_profile(
            user=erased,
            first_name="Zoé",
            last_name="Martin",
            profession="60",
            civility="",
            rpps="",
            by=erased,
        )
    assert User.objects.filter(pk=erased.pk).values().get() == before
    assert not JournalEntry.objects.exists()


def test_nobody_is_named_where_there_is_no_group() -> None:
    user, organisation = factories.make_user(), factories.make_organisation()
    with pytest.raises(DomainError, match="pas encore de groupe de coordination"):
        name_coordinator(organisation=organisation, user=user, by=None)
    assert not Membership.objects.exists()
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"id_token": {"acr": "eidas1", "sub": "1"}},
        {"userinfo": {"sub": "1"}},
        {"id_token": "texte", "userinfo": {"sub": "1"}},
        {"id_token": {"acr": "eidas1", "sub": "1"}, "userinfo": ["sub"]},
    ],
)
def test_an_identity_half_told_is_nobodys(claims: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match="n’a pas répondu comme prévu"):
        checked_claims(claims)


def test_only_an_administrator_ends_a_coordination_whoever_opens_the_view() -> None:
    coordinator = factories.make_coordinator(factories.make_organisation())
    membership = Membership.objects.get(user=coordinator)
    for user in (AnonymousUser(), coordinator, factories.make_user(is_staff=True)):
        request = RequestFactory().post("/")
        request.user = user
        with pytest.raises(PermissionDenied):
            EndCoordinationView.as_view()(request, pk=membership.pk)
    membership.refresh_from_db()
    assert membership.until is None
